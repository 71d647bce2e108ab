// Keeps the page that is open as the server would make it now: the server pushes the parts that changed, or is asked for the page
// anew where it cannot push. Everything here is also there without it, as of when the page was loaded.
const live = document.documentElement.dataset;

/** Makes `old` what `fresh` is, and leaves alone what is the same: what has the focus or is selected stays so. */
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return void old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const keyed = new Map(
    [...old.children].filter(({ dataset }) => dataset.key).map((child) => [child.dataset.key, child]),
  );
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const known = child.dataset?.key && keyed.get(child.dataset.key);
    if (known) {
      if (known === place) place = place.nextSibling;
      else old.insertBefore(known, place);
      morph(known, child);
    } else if (child.dataset?.key || !place || place.dataset?.key) {
      old.insertBefore(child, place);
    } else {
      const next = place.nextSibling;
      morph(place, child);
      place = next;
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function show(name, text) {
  const old = document.getElementById(name);
  const fresh = new DOMParser().parseFromString(text, 'text/html').body.firstElementChild;
  if (old && fresh) morph(old, document.importNode(fresh, true));
}

function say(text) {
  const line = document.getElementById('live');
  if (line && line.textContent !== text) line.textContent = text;
}

async function poll() {
  try {
    const response = await fetch(location.href, { cache: 'no-store' });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    Object.assign(live, { now: page.documentElement.dataset.now });
    setClock();
    for (const part of page.querySelectorAll('[data-part]')) show(part.id, part.outerHTML);
    say(`asks every ${live.poll} s`);
  } catch {
    say('no connection: shown is what was last known');
  }
}

function listen() {
  const stream = new EventSource(live.stream);
  let failures = 0;
  stream.addEventListener('parts', ({ data }) => {
    failures = 0;
    const { now, parts } = JSON.parse(data);
    live.now = now;
    setClock();
    for (const [name, text] of Object.entries(parts)) show(name, text);
    say('live');
  });
  stream.addEventListener('error', () => {
    say('no connection: shown is what was last known');
    failures += 1;
    if (failures < 5 && stream.readyState !== EventSource.CLOSED) return;
    stream.close();
    setInterval(poll, 10_000);
  });
}

/** How far the store's clock is ahead of this one. */
let ahead = 0;
function setClock() {
  ahead = Number(live.now) - Date.now();
}

/** The bars of the locks shrink by the store's clock; each write of the owner brings them back. */
function shrink() {
  const now = Date.now() + ahead;
  for (const bar of document.querySelectorAll('progress[data-until]')) {
    bar.value = Math.max(0, Number(bar.dataset.until) - now) / 1000;
  }
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.nodeName))
    return;
  const rows = [...document.querySelectorAll('a[data-id]')];
  const at = rows.indexOf(document.activeElement);
  if (event.key === '/') document.querySelector('input[type=search]')?.focus();
  else if (event.key === 'j') rows[Math.min(at + 1, rows.length - 1)]?.focus();
  else if (event.key === 'k') rows[Math.max(at - 1, 0)]?.focus();
  else if (event.key === 'c' && at >= 0) navigator.clipboard?.writeText(rows[at].dataset.id);
  else return;
  event.preventDefault();
});

setClock();
setInterval(shrink, 250);
if (live.stream) listen();
else if (live.poll) setInterval(poll, live.poll * 1000);
