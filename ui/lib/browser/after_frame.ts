const waiting: (() => void)[] = [];

/**
 * Does once it is drawn what follows from a change that somebody looks at: a browser may take
 * milliseconds for it, or wait for another of its processes. At once where nothing is drawn.
 */
export function afterFrame(act: () => void): void {
  waiting.push(act);
  if (document.visibilityState === "hidden") actNow();
  else if (waiting.length === 1) requestAnimationFrame(() => setTimeout(actNow));
}

function actNow(): void {
  for (const act of waiting.splice(0)) act();
}
