/* What makes pages quicker than plain HTML. Everything here can be missing: each page works without it. */
"use strict";

const KEYS_OFF = "talkoo-keys-off";
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const isTyping = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;

/* Keyboard: / searches, g and a letter goes, n makes new, ? helps. Can be switched off in the help (WCAG 2.1.4). */
const keys = {
  waitsForLetter: false,

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(KEYS_OFF)) return;
    if (isTyping(event.target) || find("dialog[open]")) return;
    const target = this.waitsForLetter ? find(`[data-go="${CSS.escape(event.key)}"]`) : this.target(event.key);
    this.waitsForLetter = event.key === "g" && !this.waitsForLetter;
    if (this.waitsForLetter) setTimeout(() => { this.waitsForLetter = false; }, 1500);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) target.select();
    else if (target.matches("dialog")) target.showModal();
    else target.click();
  },

  target(key) {
    if (key === "?") return find("#keys");
    return key === "/" || key === "n" ? find(`[data-key="${key}"]`) : null;
  },
};

/* Lists: select all, how many are selected, a click on the row opens it. */
function count(form) {
  const boxes = all("tbody .pick input", form);
  const picked = boxes.filter((box) => box.checked).length;
  const output = find("[data-picked]", form);
  const every = find("[data-pick-all]", form);
  if (output) output.textContent = picked === 1 ? output.dataset.one : output.dataset.many.replace("{}", picked);
  if (every) {
    every.checked = picked > 0 && picked === boxes.length;
    every.indeterminate = picked > 0 && picked < boxes.length;
  }
}

function pick(event) {
  const form = event.target.closest(".selectable");
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) {
    all("tbody .pick input", form).forEach((box) => { box.checked = event.target.checked; });
  }
  count(form);
}

function openRow(event) {
  const row = event.target.closest("tr[data-opens]");
  if (!row || event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
  const link = find("td.main a", row);
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
}

/* Forms: ask before what cannot be undone, send once, warn before typed text is lost. */
function ask(form, button) {
  const dialog = find("#confirm").content.firstElementChild.cloneNode(true);
  find("h2", dialog).textContent = form.dataset.confirmTitle;
  find("p", dialog).textContent = form.dataset.confirm;
  find("[value=yes]", dialog).textContent = button.textContent;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return button.focus();
    form.elements.confirmed.value = "1";
    form.requestSubmit(button);
  });
  dialog.showModal();
}

function submit(event) {
  const form = event.target;
  if (form.method === "dialog") return;
  if (form.dataset.confirm && form.elements.confirmed.value !== "1") {
    event.preventDefault();
    ask(form, event.submitter ?? find("button", form));
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  delete form.dataset.changed;
  if (form.method === "post") hold(form, event.submitter);
}

function hold(form, button) {
  form.dataset.sent = "yes";
  if (button) {
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("aria-busy", "true");
  }
}

function release() {
  all("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  all("form [name=confirmed]").forEach((field) => { if (field.form.dataset.confirm) field.value = ""; });
  all("[aria-busy=true]").forEach((button) => {
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
  });
}

function guard(event) {
  if (find("form[data-guard][data-changed]")) event.preventDefault();
}

/* A field of several words suggests each of them: what stands before the word being typed stays. */
function suggest(field) {
  const before = field.value.slice(0, field.value.search(/[^,\s]*$/));
  for (const option of field.list.options) option.value = before + option.dataset.word;
}

/* Menus close on Escape and on a click elsewhere; the navigation of a phone opens in place. */
function closeMenus(except) {
  all("details.menu[open]").filter((menu) => menu !== except).forEach((menu) => { menu.open = false; });
}

function click(event) {
  closeMenus(event.target.closest("details.menu"));
  const opener = event.target.closest("[data-open]");
  if (opener) {
    closeMenus();
    find(`#${opener.dataset.open}`).showModal();
  }
  const toggle = event.target.closest(".menu-link, .office-nav .close");
  if (toggle) {
    event.preventDefault();
    const open = find(".office-nav").classList.toggle("open", toggle.matches(".menu-link") ? undefined : false);
    find(".menu-link").setAttribute("aria-expanded", String(open));
    find(open ? ".office-nav a" : ".menu-link").focus();
  }
  openRow(event);
}

function escape(event) {
  const menu = event.target.closest("details.menu[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  find("summary", menu).focus();
}

/* Files dropped on the field's frame count as chosen. */
function drag(event) {
  const zone = event.target.closest?.("[data-drop]");
  if (!zone) return;
  event.preventDefault();
  zone.classList.toggle("over", event.type === "dragover");
  if (event.type === "drop" && event.dataTransfer.files.length) find("input", zone).files = event.dataTransfer.files;
}

/* A form that sends files shows how far it is. */
function sending(event) {
  const bar = find("progress", event.target);
  if (!bar) return;
  bar.hidden = false;
  if (event.detail.lengthComputable) bar.value = event.detail.loaded / event.detail.total;
}

/* Questions that are asked only after certain answers: those of others stay away. */
function branch(form) {
  for (const part of all("[data-asked-when]", form)) {
    const values = part.dataset.askedValues.split(" ");
    const given = all(`[name="${CSS.escape(part.dataset.askedWhen)}"]`, form);
    part.hidden = !given.some((box) => box.checked && values.includes(box.value) && !box.closest("[data-asked-when][hidden]"));
  }
}

/* What is typed while a part of the page is fetched anew stays in its field. */
const typing = {
  keep(event) {
    const field = document.activeElement;
    const goes = field?.id && field.matches("input:not([type=file]), textarea") && event.detail.target?.contains(field);
    this.kept = goes ? { id: field.id, value: field.value } : null;
  },

  giveBack() {
    const field = this.kept && document.getElementById(this.kept.id);
    if (field && field.value !== this.kept.value) field.value = this.kept.value;
    this.kept = null;
  },
};

/* Rows that were asked for with the keyboard are gone on from: the button that asked has gone. Other parts of the page may come meanwhile. */
const more = {
  shown: new WeakMap(),

  ask(event) {
    const { requestConfig, target } = event.detail;
    if (requestConfig.elt.matches(".list-foot a") && target.isConnected) this.shown.set(target, target.children.length);
  },

  goOn(event) {
    const { target } = event.detail;
    const first = target.children[this.shown.get(target)];
    if (first) find("a, button", first)?.focus({ preventScroll: true });
    this.shown.delete(target);
  },
};

/* Where the cursor stands at first: at what the page says, in a form for something new in its first field. */
function begin() {
  const field = location.pathname.endsWith("/new") ? ".form :is(input:not([type=hidden]), select, textarea)" : "[data-focus]";
  (find("[data-focus]") ?? find(field))?.focus();
}

function tell(template) {
  const live = find("#live");
  live.replaceChildren(find(template).content.cloneNode(true));
  setTimeout(() => live.replaceChildren(), 8000);
}

function show(root) {
  all("[data-needs-script]", root).forEach((element) => { element.hidden = false; });
  all("[data-needs-no-script]", root).forEach((element) => { element.hidden = true; });
  all(".selectable", root).forEach(count);
  all("form:has([data-asked-when])", root).forEach(branch);
}

addEventListener("keydown", (event) => { escape(event); keys.press(event); });
addEventListener("click", click);
addEventListener("submit", submit);
addEventListener("change", (event) => {
  pick(event);
  if (event.target.form) branch(event.target.form);
  if (event.target.matches("[data-keys-switch]")) {
    if (event.target.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "yes");
  }
});
addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.changed = "yes";
  if (event.target.matches("input[data-several]")) suggest(event.target);
});
addEventListener("beforeunload", guard);
addEventListener("pageshow", release);
["dragover", "dragleave", "drop"].forEach((name) => addEventListener(name, drag));
addEventListener("htmx:xhr:progress", sending);
addEventListener("htmx:beforeSwap", (event) => { typing.keep(event); more.ask(event); });
addEventListener("htmx:afterSwap", () => typing.giveBack());
addEventListener("htmx:afterSettle", (event) => { show(event.target.closest("[id]") ?? document); release(); find("main [data-focus]")?.focus(); more.goOn(event); });
["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach((name) => addEventListener(name, () => { release(); tell("#no-connection"); }));

show(document);
all("[data-keys-switch]").forEach((box) => { box.checked = !localStorage.getItem(KEYS_OFF); });
begin();
