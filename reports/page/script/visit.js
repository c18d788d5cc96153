// Where the reader is: the dialog of evidence, its address, the way back.
const dialog = document.getElementById('evidence');
const body = document.getElementById('evidence-body');
const title = document.getElementById('evidence-title');
const trail = document.getElementById('evidence-trail');

let shown = null;
let drawing = Promise.resolve();

// Each entry of the browser's history knows how many entries of evidence lie before it since the page itself, and
// whether the page itself is there at all (it is not behind a link from elsewhere).
let visit = { depth: 0, linked: false };

function arrived() {
  const inside = asked()[0] !== null;
  visit = history.state?.depth !== undefined ? history.state
    : { depth: inside ? visit.depth + 1 : 0, linked: inside && visit.linked };
  if (inside) history.replaceState(visit, '');
  drawing = drawing.then(draw);
}

async function draw() {
  const [view, parameters] = asked();
  if (view === null) {
    shown = null;
    if (dialog.open) dialog.close();
    return;
  }
  if (!dialog.open) dialog.showModal();
  try {
    const index = await indexed();
    await { list: showList, case: showCase, sample: showSample, pair: showPair }[view](index, parameters);
  } catch (error) {
    render('Not on this page', [], el('p', { text: `Nothing here has this address. (${error.message})` }));
  }
}

function render(heading, links, ...content) {
  title.textContent = heading;
  trail.replaceChildren(...links);
  body.replaceChildren(...content.filter((child) => child !== null));
  shown = null;
  dialog.scrollTop = 0;
  title.focus({ preventScroll: true });
}

function close() {
  if (!visit.linked) {
    history.go(-visit.depth);
    return;
  }
  history.pushState(null, '', location.href.split('#')[0]);
  arrived();
}

dialog.addEventListener('cancel', (event) => {
  event.preventDefault();
  close();
});
dialog.addEventListener('click', (event) => {
  if (event.target === dialog) close();
});
document.getElementById('evidence-close').addEventListener('click', close);
window.addEventListener('hashchange', arrived);
if (asked()[0] !== null) {
  if (history.state?.depth === undefined) history.replaceState({ depth: 0, linked: true }, '');
  arrived();
}
