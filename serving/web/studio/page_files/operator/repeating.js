/** Something done every few seconds, while it is wanted and the page is seen. */
const SOON_MS = 400;

/** `act` may answer false to rest until start() or now(). -> {start, stop, now, soon} */
export function repeating(every_s, act) {
  let timer = 0;
  let wanted = false;
  let turn = 0;
  let hurry = 0;

  const run = async () => {
    clearTimeout(timer);
    const mine = ++turn; // one that began later takes over
    const goesOn = await act();
    if (mine !== turn) return;
    if (wanted && goesOn !== false && !document.hidden) timer = setTimeout(run, every_s * 1000);
  };
  const now = () => {
    if (wanted && !document.hidden) run();
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : now()));
  return {
    start() {
      wanted = true;
      now();
    },
    stop() {
      wanted = false;
      turn += 1;
      clearTimeout(timer);
    },
    now,
    /** Once for all who ask for it within a moment. */
    soon() {
      hurry ||= setTimeout(() => {
        hurry = 0;
        now();
      }, SOON_MS);
    },
  };
}
