/** The share page: one model that can be turned, what is known of it, and its file. */
import { fill } from "../dom.js";
import { factRows } from "./facts.js";
import { showModel } from "./stage.js";

const by = (id) => document.getElementById(id);
const here = location.pathname.replace(/\/+$/, "");
const addresses = { model: `${here}/model.glb`, poster: `${here}/poster.webp`, facts: `${here}/facts.json` };

by("download").href = addresses.model;
start();

async function start() {
  const facts = await readFacts();
  if (facts === null) {
    complain("This link leads nowhere any more, or the server cannot be reached.");
    by("progress").hidden = true;
    document.body.dataset.state = "failed";
    return;
  }
  by("title").textContent = facts.title;
  fill(by("facts"), ...factRows(facts));
  const poster = facts.has_poster ? addresses.poster : "";
  await showModel({ model: addresses.model, poster, title: facts.title }, { by, complain, announce });
}

/** What the server says of the model; null if it says nothing. */
async function readFacts() {
  try {
    const response = await fetch(addresses.facts);
    return response.ok ? await response.json() : null;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

function complain(text) {
  by("problem").textContent = text;
  by("problem").hidden = false;
}

function announce(text) {
  by("announcer").textContent = text;
}
