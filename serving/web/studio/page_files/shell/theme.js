/** Light, dark, or as the system says. */
import { say } from "../bus.js";

const NAME = "meshkiln.theme";
const ORDER = ["auto", "light", "dark"];
const WORDS = { auto: "as the system", light: "light", dark: "dark" };

/** The button goes through the three. */
export function mountThemeButton(button) {
  const tell = () => {
    const theme = document.documentElement.dataset.theme;
    button.setAttribute("aria-label", `Theme: ${WORDS[theme]}`);
    button.title = `Theme: ${WORDS[theme]}`;
  };
  button.addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = ORDER[(ORDER.indexOf(root.dataset.theme) + 1) % ORDER.length];
    if (root.dataset.theme === "auto") localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, root.dataset.theme);
    tell();
    say("announce", { text: `Theme ${WORDS[root.dataset.theme]}` });
    say("theme-changed");
  });
  tell();
}
