// Shows the API at #page. Everything comes from this server, and nothing is told to another one.
import { init } from "./redoc.js";

// Redoc shows its maker's logo from another host and has no option against it; an image that fails is left out.
const ownAddress = (address) =>
  new URL(address, location).protocol.startsWith("http") && new URL(address, location).origin !== location.origin
    ? "data:,"
    : address;
const image = HTMLImageElement.prototype;
const src = Object.getOwnPropertyDescriptor(image, "src");
Object.defineProperty(image, "src", { ...src, set(address) { src.set.call(this, ownAddress(address)); } });
image.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" ? ownAddress(value) : value);
};

init("openapi.json", { disableTelemetry: true }, document.querySelector("#page"));
