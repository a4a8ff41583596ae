/** Before anything is drawn in the wrong colours: the theme that was chosen here. */
const chosen = localStorage.getItem("meshkiln.theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
