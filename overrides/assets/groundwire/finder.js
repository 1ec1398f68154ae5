// Asks Pagefind's bundles (an archive or several, and the current one) as if they were one. Loaded when a reader first searches.
const CURRENT = "current";
const NO_WORD = "ꙮ"; // put behind a word, it makes one that is in no text
const ANY = "\u0085"; // every page: white space to Pagefind's index, but not to its script, which asks for the whole index without a word
const MOST = 14; // parts of the index, beside each bundle's first, that one word may cost: about 150 kB

// As Pagefind compares words: without case, accents and punctuation.
const plain = (text) => text.normalize("NFD").replace(/[\p{M}\p{Pd}\p{Pe}\p{Pf}\p{Pi}\p{Po}\p{Ps}]/gu, "").toLowerCase();
const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);
// How much a word tells that stands in so many of all pages: as Pagefind reckons it.
const weight = (all, pages) => Math.log((all - pages + 0.5) / (pages + 0.5) + 1);
const split = (query) => query.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));

const json = async (address, cache = "default") => {
  const answer = await fetch(address, { cache });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

// A finder for the bundles in `folder`, an absolute address that ends with /.
export const start = async (folder) => {
  const [{ createInstance }, head] = await Promise.all([import(`${folder}pagefind.js`), json(`${folder}pagefind-entry.json`, "no-cache")]);
  const { pages, archives, hidden, order, parts = [], filters } = head.groundwire;
  const sizes = { [CURRENT]: pages, ...archives };
  const bundles = Object.keys(sizes); // newest first
  const gone = new Set(hidden);
  const options = { baseUrl: new URL("..", folder).pathname, excerptLength: 24 };
  const optionsFor = (bundle) => ({ ...options, mergeFilter: { bundle } });
  const firsts = Promise.all(parts.map((name) => json(folder + name)));
  const pagefind = createInstance(optionsFor(CURRENT));
  try {
    await pagefind.init();
    await Promise.all([firsts, ...Object.keys(archives).map((name) => pagefind.mergeIndex(folder + name, optionsFor(name)))]);
  } catch (error) {
    await pagefind.destroy();
    throw error;
  }
  const cuts = (await firsts).flat(); // of all bundles: the words before which a part of an index begins

  const living = async (term, wanted) => (await pagefind.search(term, { filters: wanted })).results.filter((one) => !gone.has(one.id));
  const counts = async (term) => (await pagefind.search(term, { filters: { bundle: "none" } })).totalFilters.bundle || {};
  // Words that begin alike may stand in several parts of an index, of which Pagefind loads one. Where they are in very many, as
  // those with an e, a word is looked for as it stands.
  const within = (beginning) => cuts.filter((cut) => cut.startsWith(beginning));
  const broad = (word) => within(plain(word)).length > MOST;
  const load = async (word) => {
    const own = plain(word);
    // Pagefind takes endings away (patches: patch), so it may look for words beyond (patching) too.
    const stem = own.slice(0, Math.max(own.length - 3, Math.ceil(own.length * 0.6)));
    const beyond = within(stem).filter((cut) => cut > own);
    const asked = beyond.length > MOST ? within(own) : beyond;
    await pagefind.preload(parts.length ? [word, ...asked].join(" ") : word + NO_WORD);
  };
  const texts = async (found) => (await Promise.all(found.slice(0, 10).map((one) => one.data())))
    .map(({ content, meta }) => plain([content, ...Object.values(meta)].join(" ")));
  const read = async (word, found) => (await texts(found)).some((text) => text.includes(plain(word)));
  // Where no word of a bundle begins so, Pagefind takes the longest one that this one begins with: then it finds the same places
  // for a word that cannot be there.
  const same = async (word, bundle) => {
    const [found, instead] = await Promise.all([word, word + NO_WORD].map((term) => living(term, { bundle })));
    const places = new Map(instead.map(({ id, words }) => [id, words.join()]));
    return found.every(({ id, words }) => places.get(id) === words.join());
  };
  // In the middle of a word (vulnerabilit) no word of the index may begin so, as Pagefind takes its ending away (vulner). Where
  // pages with the longest beginning that is a word have also this one, they are meant; else the word is nowhere.
  const ended = async (word) => {
    const own = plain(word);
    for (let length = own.length - 1; length >= Math.max(3, own.length / 2); length -= 1) {
      const beginning = `"${own.slice(0, length)}"`;
      const found = await counts(beginning);
      if (sum(Object.values(found))) return (await read(word, await living(beginning, {}))) ? found : {};
    }
    return {};
  };
  // In how many pages of each bundle there is a word that is, or begins with, this one.
  const begin = async (word, exact) => {
    await load(word);
    const begun = await counts(word);
    const inexact = bundles.filter((bundle) => begun[bundle] && !exact[bundle]);
    const instead = inexact.length ? await counts(word + NO_WORD) : {};
    const doubtful = inexact.filter((bundle) => begun[bundle] === instead[bundle]);
    const unsure = (await Promise.all(doubtful.map(async (bundle) => ((await same(word, bundle)) ? bundle : "")))).filter(Boolean);
    const sure = bundles.some((bundle) => begun[bundle] && !unsure.includes(bundle));
    if (!sure && !/\p{N}/u.test(word)) return ended(word);
    await Promise.all(unsure.map(async (bundle) => {
      if (!(await read(word, await living(word, { bundle })))) begun[bundle] = 0; // a word in one with others stands at their place
    }));
    return begun;
  };
  const holders = async (word) => {
    const exact = await counts(`"${word}"`);
    const whole = broad(word);
    const found = whole ? exact : await begin(word, exact);
    const held = bundles.filter((bundle) => found[bundle]);
    const term = whole ? `"${word}"` : word;
    const some = sum(held.map((bundle) => found[bundle])) > gone.size || (await living(term, { bundle: { any: held } })).length;
    return { word, whole, found: some ? found : {} };
  };

  // An archive's pages are numbered behind the first letters of its name.
  const prefixes = Object.keys(archives).map((name) => [name.slice("archive-".length, "archive-".length + 6), name]);
  const home = ({ id }) => (prefixes.find(([prefix]) => id.startsWith(prefix)) || ["", CURRENT])[1];
  // Words that stand nowhere are passed over; a page has all the others. A bundle's scores come from how seldom a word is in it:
  // they are put to the measure of all pages.
  const best = async (query, wanted) => {
    const known = (await Promise.all(split(query).map(holders))).filter(({ found }) => Object.values(found).some(Boolean));
    const where = known.length ? bundles.filter((bundle) => known.every(({ found }) => found[bundle])) : [];
    if (!where.length) return [];
    const [open, wholes] = [known.filter(({ whole }) => !whole), known.filter(({ whole }) => whole)];
    const terms = [...(open.length ? [open.map(({ word }) => word).join(" ")] : []), ...wholes.map(({ word }) => `"${word}"`)];
    const [main, ...others] = await Promise.all(terms.map((term) => living(term, { ...wanted, bundle: { any: where } })));
    const there = others.map((found) => new Set(found.map(({ id }) => id)));
    const measure = (all, of) => sum(open.map(({ found }) => weight(all, of(found)))) || 1;
    const overall = measure(sum(Object.values(sizes)), (found) => sum(bundles.map((bundle) => found[bundle] || 0)));
    const scales = new Map(where.map((bundle) => [bundle, overall / measure(sizes[bundle], (found) => found[bundle])]));
    return main
      .filter(({ id }) => there.every((one) => one.has(id)))
      .map((one) => Object.assign(one, { score: one.score * (scales.get(home(one)) || 1) }))
      .sort((a, b) => b.score - a.score);
  };

  let places = null;
  const dated = async (found, way) => {
    places = places || json(folder + order).then((ids) => new Map(ids.map((id, place) => [id, place])));
    const place = await places;
    return found.sort((a, b) => way * (place.get(a.id) - place.get(b.id)));
  };
  const quoted = (query) => /^".+"$/.test(query);
  // The results for a query and filters; `sort` is "" (best first), "desc" or "asc" (by date).
  const search = async (query, wanted, sort) => {
    const found = await (!query || quoted(query) ? living(query || ANY, wanted) : best(query, wanted));
    return sort ? dated(found, sort === "asc" ? -1 : 1) : found;
  };
  // The words of a query that are looked for as they stand only.
  const narrowed = (query) => (quoted(query) ? [] : split(query).filter(broad));
  return { search, filters, narrowed };
};
