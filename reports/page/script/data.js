// The packed data of the page, and the addresses within it.
const unpacked = new Map();

async function unpack(id) {
  if (!unpacked.has(id)) unpacked.set(id, inflate(document.getElementById(id).textContent));
  return unpacked.get(id);
}

async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}

const caseOf = (id) => id.slice(0, id.lastIndexOf('@'));
const seedOf = (id) => (/@(\d+)#/.exec(id) ?? ['', '1'])[1];

// Addresses: #list=ENTRY|all&rule=&constraint=&area=&case=&ships=no   #case=CASE   #sample=ENTRY/SAMPLE&rule=&at=
//            #pair=ENTRY/ENTRY&constraint=&area=
function address(kind, value, more = {}) {
  const parts = [`${kind}=${encodeURIComponent(value).replaceAll('%2F', '/')}`];
  for (const [key, item] of Object.entries(more)) {
    if (item !== null && item !== undefined && item !== '') parts.push(`${key}=${encodeURIComponent(item)}`);
  }
  return '#' + parts.join('&');
}

const sampleAddress = (sample, more) => address('sample', `${sample.entry}/${sample.id}`, more);

function asked() {
  const parameters = new URLSearchParams(location.hash.slice(1).replaceAll('+', '%2B'));
  for (const view of ['list', 'case', 'sample', 'pair']) if (parameters.has(view)) return [view, parameters];
  return [null, parameters];
}

async function indexed() {
  const index = await unpack('index');
  if (!index.byRule) {
    index.byRule = new Map(Object.entries(index.rules));
    index.block = new Map(index.cases.map((id, position) => [id, `case-${position}`]));
    for (const sample of index.samples) {
      sample.case = caseOf(sample.id);
    }
  }
  return index;
}

function missing(id) {
  throw new Error(`no case ${id}`);
}
