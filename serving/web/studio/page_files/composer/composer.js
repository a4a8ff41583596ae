/** The left pane: what shall be done, with what, by which model, how. It makes jobs; what becomes of them is told elsewhere. */
import { apiKey, ROOT } from "../api.js";
import { hear, say } from "../bus.js";
import { el, fill } from "../dom.js";
import { featureWords } from "../words.js";
import { CodeDialog } from "./code_dialog.js";
import { curlText } from "./curl_text.js";
import { hearDropsAndPastes } from "./drop_and_paste.js";
import { EXAMPLE_PROMPT, examplePicture } from "./examples.js";
import { Footer } from "./footer.js";
import { Inputs } from "./inputs.js";
import { InputsSection } from "./inputs_section.js";
import { Intake } from "./intake.js";
import { Memory } from "./memory.js";
import { modelChoice } from "./model_choice.js";
import { loadOffer, parametersOf, slotsOfKind } from "./offer.js";
import { problemsOf } from "./problems.js";
import { pythonProgram } from "./python_text.js";
import { wantedOf } from "./request.js";
import { Sender } from "./sender.js";
import { SettingsForm } from "./settings_form.js";
import { actionWords, TaskChoice } from "./task_choice.js";

/** Put the composer into its pane. The pane's data-state is "loading", then "ready", "empty" or "failed". */
export function mountComposer(root) {
  const start = async () => {
    root.dataset.state = "loading";
    fill(root, el("p", { class: "composer-note soft", role: "status" }, "Asking the server what it can do …"));
    try {
      const offer = await loadOffer();
      if (offer.features.length) await new Composer(root, offer).start();
      else tellTrouble(root, "empty", "Nothing can be made now: no worker of this server is there.", start);
    } catch (error) {
      tellTrouble(root, "failed", error.message, start);
      if (error.status === 401) say("key-needed");
      else if (error.status === undefined) throw error;
    }
  };
  start();
}

function tellTrouble(root, state, text, start) {
  const again = el("button", { type: "button" }, "Try again");
  again.addEventListener("click", start);
  const untie = hear("key-changed", () => {
    untie();
    if (root.dataset.state === state) start();
  });
  fill(root, el("div", { class: "composer-note", role: "alert" }, el("p", {}, text), again));
  root.dataset.state = state;
}

class Composer {
  constructor(root, offer) {
    Object.assign(this, { root, offer, memory: new Memory(), inputs: new Inputs() });
    this.sender = new Sender();
    this.dialog = new CodeDialog();
    this.intake = new Intake(this.inputs, this);
    this.tasks = new TaskChoice(offer.features, (name) => this.choose(name, true));
    this.section = new InputsSection(this.inputs, this.intake, offer);
    this.footer = new Footer({
      generate: () => this.generate(),
      code: (language) => this.showCode(language),
      example: () => this.tryExample(),
    });
    this.settings = el("div", { class: "composer-settings" });
    this.inputs.addEventListener("change", () => this.#tellExample());
  }

  /** Draw it all, and listen to the page. */
  async start() {
    const names = this.offer.features.map((feature) => feature.name);
    const first = names.includes(this.memory.feature) ? this.memory.feature : this.tasks.groups[0].features[0].name;
    await this.choose(first);
    this.body = el(
      "form",
      { class: "composer-body", novalidate: true },
      this.tasks.element,
      this.section.element,
      this.settings,
    );
    this.body.addEventListener("submit", (event) => event.preventDefault());
    this.body.addEventListener("input", () => this.#tellExample());
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.generate();
    });
    fill(this.root, el("div", { class: "composer" }, this.body, this.footer.element));
    document.body.append(this.dialog.element);
    hearDropsAndPastes(
      this.root,
      (files, where) => this.intake.take(files, where),
      (text) => this.#write(text),
    );
    hear("use-as-input", ({ job, feature }) => this.intake.takeJob(job, feature));
    hear("connection", ({ state }) => state !== "offline" && this.#reached());
    hear("key-changed", ({ hadKey }) => this.#keyChanged(hadKey));
    this.root.dataset.state = "ready";
  }

  /** The server can be reached again: that it cannot is not true any more. */
  #reached() {
    if (this.isUnreached) this.footer.tell(["The server can be reached again. Send it again: it makes no second job."]);
    this.isUnreached = false;
  }

  /** Nothing of a key's holder stays. Who had none keeps what is in the form: a key may be needed to send it. */
  #keyChanged(hadKey) {
    this.footer.tell([]);
    if (!hadKey) return;
    fill(this.footer.warnings);
    this.memory.forgetTexts();
    this.inputs.clear();
    this.sender = new Sender();
    this.choose(this.feature.name);
  }

  /** All features, as the groups have them. */
  get features() {
    return this.tasks.groups.flatMap((group) => group.features);
  }

  /** The features of the group that is shown. */
  get group() {
    return this.tasks.groupOf(this.feature.name).features;
  }

  /** Show the form of a feature. What it needs to know of the model is asked for first. */
  async choose(name, byUser = false) {
    const before = this.feature;
    this.feature = this.offer.features.find((feature) => feature.name === name);
    const kept = this.memory.of(name);
    const model = this.feature.models.includes(kept.model) ? kept.model : this.feature.models[0];
    if (before && before !== this.feature) this.#carryPrompt(before);
    this.memory.feature = name;
    this.tasks.show(name);
    this.section.show(this.feature);
    this.intake.sendAhead();
    if (byUser) say("announce", { text: featureWords(name) });
    await this.show(model);
  }

  /** The form for a model of the feature. Whoever uses the form awaits `showing`. */
  show(modelId) {
    this.form = null;
    this.modelId = modelId;
    this.root.setAttribute("aria-busy", "true");
    const shown = this.#show(modelId).finally(() => {
      if (this.showing === shown) this.root.removeAttribute("aria-busy");
    });
    this.showing = shown;
    return shown;
  }

  async #show(modelId) {
    const feature = this.feature;
    let schemas;
    try {
      schemas = await parametersOf(modelId);
    } catch (error) {
      if (!this.body || error.status === undefined) throw error; // the first of all: the pane says it
      return this.#tellNoForm(error.message, modelId);
    }
    if (feature !== this.feature || modelId !== this.modelId) return this.showing; // another was chosen meanwhile
    const { presets, styles } = this.offer;
    const settings = this.memory.of(feature.name);
    this.form = new SettingsForm({ schemas, modelId, presets, styles, settings, keep: () => this.memory.keep() });
    const prompts = this.form.prompts.map((field) => field.element);
    fill(this.settings, ...prompts, ...this.form.quick, this.#models(), this.form.advanced);
    this.root.dataset.feature = feature.name;
    this.footer.action(actionWords(this.tasks.groupOf(feature.name), feature));
    this.footer.tell([]);
    this.#tellExample();
    return undefined;
  }

  #tellNoForm(text, modelId) {
    const again = el("button", { type: "button" }, "Try again");
    again.addEventListener("click", () => this.show(modelId));
    fill(this.settings, el("div", { class: "composer-note", role: "alert" }, el("p", {}, text), again));
  }

  #models() {
    return modelChoice({
      feature: this.feature,
      rows: this.offer.adapters[this.feature.name] ?? [],
      chosen: this.modelId,
      onchange: async (id) => {
        this.memory.of(this.feature.name).model = id;
        this.memory.keep();
        await this.show(id);
        this.settings.querySelector("#model-select")?.focus();
      },
    });
  }

  /** Make the job. What is missing is said beside its field. */
  async generate() {
    await this.showing;
    if (this.footer.isSending || !this.form) return undefined;
    const { wanted, problems } = this.#wanted();
    if (problems.length) return this.#showProblems(problems);
    const { form, feature } = this;
    this.#showProblems([]);
    this.footer.sending(true);
    try {
      const answer = await this.sender.send(wanted);
      form.fields.get("seed")?.afterSubmit?.();
      this.footer.accepted(answer);
      say("submitted", { job_id: answer.job_id, feature: feature.name, warnings: answer.warnings });
      say("pane", { name: "history" });
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.status === 401) say("key-needed");
      this.isUnreached = error.status === 0;
      if (error.code !== "ABORTED") this.#showProblems(problemsOf(error, this.#keys()));
    } finally {
      this.footer.sending(false);
    }
    return undefined;
  }

  async showCode(language) {
    await this.showing;
    if (!this.form) return undefined;
    const { wanted, problems } = this.#wanted();
    if (problems.length) return this.#showProblems(problems);
    this.#showProblems([]);
    const server = { base: ROOT.href.replace(/\/$/, ""), hasKey: Boolean(apiKey()) };
    const isCurl = language === "curl";
    return this.dialog.open({
      title: isCurl ? "With curl" : "With Python",
      code: isCurl ? curlText(wanted, server) : pythonProgram(wanted, server),
      files: wanted.files.map(({ held }) => held),
    });
  }

  async tryExample() {
    if (slotsOfKind(this.feature, "image").length)
      await this.intake.take([await examplePicture()], { origin: "example" });
    if (this.form?.prompt) this.#write(EXAMPLE_PROMPT);
    await this.generate();
  }

  #wanted() {
    return wantedOf({ feature: this.feature, modelId: this.modelId, inputs: this.inputs, form: this.form });
  }

  #keys() {
    return [...this.feature.inputs.map((slot) => slot.name), ...this.form.fields.keys(), "preset", "style"];
  }

  /** Each beside its field, the rest above the button; the first of them gets the focus. */
  #showProblems(rows) {
    const at = (key) => this.section.card(key) ?? this.form.control(key);
    for (const key of this.#keys()) at(key)?.showProblem(rows.find((row) => row.key === key)?.text ?? "");
    const general = rows.filter((row) => !row.key).map((row) => row.text);
    this.footer.tell(general);
    const first = rows.find((row) => row.key);
    if (!first) return;
    say("pane", { name: "composer" });
    at(first.key)?.focus();
    say("announce", { text: first.text });
  }

  /** Text that was pasted, or an example's, into the prompt. */
  #write(text) {
    const field = this.form?.prompt;
    if (!field) return;
    field.write(text);
    field.input.dispatchEvent(new Event("input", { bubbles: true }));
    field.input.focus();
  }

  /** From image to text and back: the prompt comes along to a feature beside it that has none yet. */
  #carryPrompt(before) {
    if (this.tasks.groupOf(before.name) !== this.tasks.groupOf(this.feature.name)) return;
    const [from, to] = [this.memory.of(before.name).params, this.memory.of(this.feature.name).params];
    if (from.text_prompt && !to.text_prompt) to.text_prompt = from.text_prompt;
  }

  /** An example is offered where nothing is filled in, and nothing but a picture or a prompt is needed. */
  #tellExample() {
    const isEmpty =
      this.feature.inputs.every((slot) => !this.inputs.get(slot.name)) && !this.form?.prompt?.read().value;
    this.footer.offerExample(isEmpty && !slotsOfKind(this.feature, "mesh").length);
  }
}
