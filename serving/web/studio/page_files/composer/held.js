/** Inputs that the form holds: a file, which is uploaded as soon as it is needed, or the mesh of an earlier job. */
import { ApiError } from "../api.js";
import { hear } from "../bus.js";
import { upload } from "./upload.js";

/** A file of the user. Says "change" as its upload goes on. `origin` is "file", "pasted" or "example". */
export class HeldFile extends EventTarget {
  #sending = null;

  constructor(kind, file, origin = "file") {
    super();
    Object.assign(this, { kind, file, origin, name: file.name, size_bytes: file.size });
    this.url = URL.createObjectURL(file);
    this.state = "waiting";
    this.share = 0;
    this.problem = "";
    // Files belong to whoever sent them: with another key they are not there.
    this.deaf = hear("key-changed", () => this.forget());
  }

  /** Its id on the server. Joins the upload that is under way, or begins one. Throws ApiError. */
  uploaded() {
    if (this.refused) return Promise.reject(new ApiError(413, "FILE_UPLOAD_ERROR", this.problem));
    this.#sending ??= this.#send();
    return this.#sending.answer;
  }

  /** The server has it no more: the next uploaded() sends it again. */
  forget() {
    this.#sending?.abort();
    this.#sending = null;
    if (!this.refused) this.#tell("waiting", 0, "");
  }

  /** It will not do, for a reason that was found here. */
  refuse(problem) {
    this.forget();
    this.refused = true;
    this.#tell("failed", 0, problem);
  }

  /** It is held no more. */
  drop() {
    this.#sending?.abort();
    this.deaf();
    URL.revokeObjectURL(this.url);
  }

  #send() {
    const sending = upload(this.kind, this.file, (share) => this.#tell("sending", share, ""));
    this.#tell("sending", 0, "");
    const isMine = () => this.#sending === sending;
    sending.answer.then(
      () => isMine() && this.#tell("done", 1, ""),
      (error) => {
        if (!isMine()) return;
        this.#sending = null;
        this.#tell("failed", 0, error.message);
      },
    );
    return sending;
  }

  #tell(state, share, problem) {
    Object.assign(this, { state, share, problem });
    this.dispatchEvent(new Event("change"));
  }
}

/** The mesh of a completed job. */
export class HeldJob extends EventTarget {
  constructor(job, name) {
    super();
    Object.assign(this, { kind: "mesh", job, name, state: "done", share: 1, problem: "" });
  }

  drop() {}
}
