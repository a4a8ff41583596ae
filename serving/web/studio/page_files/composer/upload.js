/** One file on its way to the server. XMLHttpRequest, since fetch does not tell how much of a body is sent. */
import { address, ApiError, headers } from "../api.js";

/** Send a file as an "image" or "mesh". `onShare` hears 0..1. -> {answer: its file id (rejects with ApiError), abort} */
export function upload(kind, file, onShare) {
  const request = new XMLHttpRequest();
  const form = new FormData();
  form.append("file", file, file.name);
  request.open("POST", address(`/api/v1/file-upload/${kind}`));
  for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) onShare(event.loaded / event.total);
  });
  const answer = new Promise((resolve, reject) => {
    request.addEventListener("load", () => {
      const body = parsed(request.responseText);
      if (request.status === 200 && body.file_id) resolve(body.file_id);
      else reject(refusal(request, body));
    });
    request.addEventListener("error", () => reject(new ApiError(0, "OFFLINE", "The server cannot be reached.")));
    request.addEventListener("abort", () => reject(new ApiError(0, "ABORTED", "The upload was stopped.")));
  });
  request.send(form);
  return { answer, abort: () => request.abort() };
}

function refusal(request, body) {
  const retryAfter_s = Number(request.getResponseHeader("Retry-After")) || null;
  const message = body.message ?? `The server answered ${request.status}.`;
  return new ApiError(request.status, body.error ?? "API_ERROR", message, retryAfter_s);
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {}; // a proxy's page: the status says enough
  }
}
