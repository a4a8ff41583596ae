/** The studio: each part of the page is mounted on its element; what they tell one another goes over the bus. */
import { mountComposer } from "./composer/composer.js";
import { mountHistory } from "./history/history.js";
import { mountOperator } from "./operator/operator.js";
import { mountAlerts } from "./shell/alerts.js";
import { mountKeyButton } from "./shell/key_dialog.js";
import { mountPanes } from "./shell/panes.js";
import { mountThemeButton } from "./shell/theme.js";
import { mountViewport } from "./viewport/viewport.js";

const by = (id) => document.getElementById(id);

mountAlerts(by("alerts"), by("announcer"));
mountThemeButton(by("theme-button"));
mountPanes(document.querySelector(".panes-switch"), document.querySelector(".panes"));
mountKeyButton(by("key-button"));
mountViewport(by("viewport"));
mountComposer(by("composer"));
mountOperator(by("operator"), by("queue-chip"));
mountHistory(by("history"));
document.body.dataset.state = "ready";
