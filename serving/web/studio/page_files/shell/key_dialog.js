/** The API key: asked for by the button, and by itself when the server wants one. It leaves this browser in a header. */
import { ApiError, apiKey, getJson, keepKey } from "../api.js";
import { hear, say } from "../bus.js";
import { el } from "../dom.js";
import { asSentence } from "../words.js";

/** The button opens the dialog and says whether a key is kept. */
export function mountKeyButton(button) {
  let known = apiKey();
  const changed = () => {
    const hadKey = known !== "";
    known = apiKey();
    tell(button);
    say("key-changed", { hadKey });
    for (const open of document.querySelectorAll("dialog[open]")) open.close(); // they are about the jobs of before
  };
  const dialog = makeDialog(changed);
  document.body.append(dialog.element);
  button.addEventListener("click", () => dialog.open());
  hear("key-needed", () => dialog.open());
  addEventListener("storage", () => apiKey() !== known && changed()); // another tab keeps, or forgot, the key of all
  tell(button);
}

function tell(button) {
  button.textContent = apiKey() ? "API key ✓" : "API key";
  button.setAttribute("aria-label", apiKey() ? "API key: one is kept in this browser" : "API key: none");
}

function makeDialog(changed) {
  const input = el("input", { id: "key-input", type: "password", autocomplete: "off", spellcheck: "false" });
  const forGood = el("input", { id: "key-for-good", type: "checkbox" });
  const problem = el("p", { id: "key-problem", class: "small", role: "alert" });
  const forget = el("button", { type: "button" }, "Forget the key");
  const close = el("button", { type: "button" }, "Close");
  const form = el(
    "form",
    { method: "dialog" },
    el("h2", { id: "key-title" }, "API key"),
    el(
      "p",
      { class: "soft small" },
      "With a key, your jobs are yours alone. The person who runs this server makes keys.",
    ),
    el("div", {}, el("label", { for: "key-input" }, "Key"), input),
    el("label", {}, forGood, " Keep it in this browser after the tab is closed"),
    problem,
    el("div", { class: "row" }, forget, close, el("button", { type: "submit", class: "primary" }, "Use this key")),
  );
  const element = el("dialog", { class: "dialog", "aria-labelledby": "key-title" }, form);
  const use = (key) => {
    keepKey(key, forGood.checked);
    element.close();
    changed();
  };
  forget.addEventListener("click", () => use(""));
  close.addEventListener("click", () => element.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = await whatIsWrong(input.value.trim());
    problem.textContent = wrong;
    if (!wrong) use(input.value.trim());
  });
  const open = () => {
    input.value = "";
    problem.textContent = "";
    forget.hidden = !apiKey();
    if (!element.open) element.showModal();
    input.focus();
  };
  return { element, open };
}

/** Why a key is of no use here; "" when it is good. */
async function whatIsWrong(key) {
  if (!key) return "Type or paste a key.";
  try {
    const status = await getJson("/api/v1/system/auth-status", { headers: { Authorization: `Bearer ${key}` } });
    return status.authenticated ? "" : "This server has no keys: leave it out.";
  } catch (error) {
    if (error instanceof ApiError) return asSentence(error.message);
    throw error;
  }
}
