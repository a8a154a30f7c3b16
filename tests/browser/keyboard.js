/* Runs before a page's own scripts: notes who listens to the mouse, and tells afterwards what a keyboard cannot do. */
"use strict";

(() => {
  const heard = new Map();
  const add = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (/^(click|dblclick|mouse|pointer|touch)/.test(type)) heard.set(this, [...heard.get(this) ?? [], type]);
    return add.call(this, type, ...rest);
  };

  const REACHED = "a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex], [contenteditable=true]";
  const CLICKED = `${REACHED}, a, [onclick], [data-open], [data-opens], [role=button], [role=link], [role=tab], [role=switch]`;
  const SENDS = "[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]";
  const FIELD = "input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea";

  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const tabbed = (element) => element.matches(REACHED) && element.tabIndex >= 0 && !element.matches(":disabled");
  const pointed = (element) => getComputedStyle(element).cursor === "pointer";
  const sendsByClick = (element) =>
    !element.matches("form, input, select, textarea") && /\bclick\b/.test(element.getAttribute("hx-trigger") ?? "click");
  /* htmx hears on forms which of their buttons was clicked. */
  const hearsClicks = ([target, types]) =>
    target instanceof Element && target.isConnected && shown(target) && !target.matches("form") && types.some((type) => /click/.test(type));
  const byEnter = (element) => element.matches("button[tabindex='-1']") && element.form?.querySelector(FIELD);
  /* Headings and parts that only a link within the page leads to. */
  const ledTo = (element) => element.matches("[tabindex='-1']:not(a, button, input, select, textarea, summary)");

  function clicked() {
    const hearing = [...heard].filter(hearsClicks).map(([target]) => target);
    const pointing = all("body *").filter((each) => pointed(each) && !pointed(each.parentElement));
    return new Set([...all(CLICKED), ...all(SENDS).filter(sendsByClick), ...hearing, ...pointing]);
  }

  /* A row is opened by its link; one without a link opens nothing. */
  function missed(element, stops) {
    const within = stops.some((stop) => element.contains(stop) || stop.contains(element));
    const otherwise = element.matches(":disabled, tr[data-opens]") || element.closest("[aria-hidden=true]") || ledTo(element);
    return !(tabbed(element) || within || otherwise || byEnter(element) || (element.control && tabbed(element.control)));
  }

  function inFocus(element) {
    element.focus({ focusVisible: true });
    if (document.activeElement !== element) return "does not take the focus";
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 2 || box.bottom < 0 || style.clipPath !== "none" || style.opacity === "0") return "not seen in focus";
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return ring || element.matches("iframe") ? "" : "no ring in focus";
  }

  function look(seen) {
    const faults = [];
    const fault = (element, what) => faults.push(`${what}: ${element.outerHTML?.slice(0, 160) ?? element}`);
    const stops = all(REACHED).filter(tabbed);
    for (const element of clicked()) if (missed(element, stops)) fault(element, "clicked, but not reached by Tab");
    for (const [target, types] of heard) {
      const mouse = types.filter((type) => !/click/.test(type));
      if (mouse.length) fault(target, `hears the mouse alone (${mouse})`);
    }
    if (!stops[0]?.matches("a.skip") || !document.querySelector(stops[0].hash)) fault(stops[0], "not a link past the navigation");
    for (const element of stops) {
      if (element.tabIndex > 0) fault(element, "has its own place in the order");
      const kind = `${element.localName} ${element.type} ${element.className} ${element.parentElement.className}`;
      const wrong = seen.has(kind) ? "" : inFocus(element);
      if (wrong) fault(element, wrong);
      seen.add(kind);
    }
    return faults;
  }

  /* Menus are looked at unfolded; the ring of each kind of control once, as style sheets tell kinds apart. */
  window.lookByKeyboard = (kinds) => {
    const seen = new Set(kinds);
    const before = document.activeElement;
    const folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((each) => { each.open = true; });
    const faults = look(seen);
    folded.forEach((each) => { each.open = false; });
    document.activeElement.blur();
    before.focus({ preventScroll: true });
    scrollTo(0, 0);
    return { faults, kinds: [...seen] };
  };
})();
