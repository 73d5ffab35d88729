/** What is looked at in a page for people with other eyes, hands or wishes than the usual. */
import type { Page } from "playwright-core";

/**
 * Goes through the page with Tab until it begins again. Answers the stops at which nothing shows
 * the focus: no outline on the element, or on what stands around it for it.
 */
export async function hiddenFocus(page: Page): Promise<{ stops: number; hidden: string[] }> {
  const hidden: string[] = [];
  // Tab begins where the focus was last: at the top of the page, then.
  await page.evaluate("document.body.tabIndex = -1, document.body.focus()");
  await page.evaluate("document.body.removeAttribute('tabindex')");
  for (let stops = 0; stops < 150; stops++) {
    await page.keyboard.press("Tab");
    const seen: string | null | false = await page.evaluate(`(() => {
      const at = document.activeElement;
      if (at === document.body || at.dataset.looked) return false;
      at.dataset.looked = "yes";
      const drawn = (element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
      };
      const around = [at, at.nextElementSibling, at.closest(".composer-box, .attach, .theme-card")];
      return around.some((each) => each && drawn(each)) ? null : at.outerHTML.slice(0, 160);
    })()`);
    if (seen === false) return { stops, hidden };
    if (seen !== null) hidden.push(seen);
  }
  throw new Error("Tab did not come round in 150 stops.");
}

/** What can be scrolled sideways: the page, or anything in it but code and tables. */
export function sideways(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) found.push("the page, " + root.scrollWidth + " px");
    for (const each of document.body.querySelectorAll("*")) {
      if (each.scrollWidth <= each.clientWidth + 1 || each.clientWidth === 0) continue;
      if (!/auto|scroll/.test(getComputedStyle(each).overflowX)) continue;
      if (each.matches("pre, .md-table, textarea, input")) continue;
      found.push(each.outerHTML.slice(0, 120));
    }
    return found;
  })()`);
}

/** Whether the middle of an element lies in sight with nothing over it. */
export function reachable(page: Page, selector: string): Promise<boolean> {
  return page.evaluate(
    (wanted) => {
      const element = document.querySelector(wanted);
      const box = element?.getBoundingClientRect();
      if (!element || !box) return false;
      const { left, top, right, bottom } = box;
      if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return false;
      return element.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    },
    selector,
  );
}

/** From now on keeps each movement that takes longer than a moment, for `movements`. */
export async function watchMovement(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    globalThis.moved = new Set();
    const look = () => {
      for (const each of document.getAnimations()) {
        const { duration, iterations } = each.effect.getComputedTiming();
        if (duration <= 10 && iterations < 100) continue;
        const what = each.animationName ?? each.transitionProperty ?? "script";
        moved.add(what + " of " + each.effect.target?.className + ", " + duration + " ms");
      }
    };
    for (const type of ["animationstart", "transitionrun"]) {
      document.addEventListener(type, look, true);
    }
    look();
  })()`);
}

export function movements(page: Page): Promise<string[]> {
  return page.evaluate("[...moved]");
}

/** The frames of a picture of the page as it was fetched. */
export function frameCount(page: Page, selector: string): Promise<number> {
  return page.evaluate(`(async () => {
    const response = await fetch(document.querySelector(${JSON.stringify(selector)}).src);
    const type = response.headers.get("content-type");
    const decoder = new ImageDecoder({ data: await response.arrayBuffer(), type });
    await decoder.tracks.ready;
    await decoder.completed;
    return decoder.tracks.selectedTrack.frameCount;
  })()`);
}
