// Asks Pagefind's bundles (an archive or several, and the current one) as if they were one. Loaded when a reader first searches.
const CURRENT = "current";
const NO_WORD = "ꙮ"; // put behind a word, it makes one that is in no text

// As Pagefind compares words: without case, accents and punctuation.
const plain = (text) => text.normalize("NFD").replace(/[\p{M}\p{Pd}\p{Pe}\p{Pf}\p{Pi}\p{Po}\p{Ps}]/gu, "").toLowerCase();
const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);
// How much a word tells that stands in so many of all pages: as Pagefind reckons it.
const weight = (all, pages) => Math.log((all - pages + 0.5) / (pages + 0.5) + 1);

const json = async (address) => {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

// A finder for the bundles in `folder`, an absolute address that ends with /.
export const start = async (folder) => {
  const [{ createInstance }, head] = await Promise.all([import(`${folder}pagefind.js`), json(`${folder}pagefind-entry.json`)]);
  const { pages, archives, hidden, order, filters } = head.groundwire;
  const sizes = { [CURRENT]: pages, ...archives };
  const bundles = Object.keys(sizes); // newest first
  const gone = new Set(hidden);
  const options = { baseUrl: new URL("..", folder).pathname, excerptLength: 24 };
  const own = (bundle) => ({ ...options, mergeFilter: { bundle } });
  const pagefind = createInstance(own(CURRENT));
  try {
    await pagefind.init();
    await Promise.all(Object.keys(archives).map((name) => pagefind.mergeIndex(folder + name, own(name))));
  } catch (error) {
    await pagefind.destroy();
    throw error;
  }

  const living = async (term, wanted) => (await pagefind.search(term, { filters: wanted })).results.filter((one) => !gone.has(one.id));
  const counts = async (term) => (await pagefind.search(term, { filters: { bundle: "none" } })).totalFilters.bundle || {};
  const reads = async (word, bundle) => {
    const [first] = await living(word, { bundle });
    if (!first) return false;
    const { content, meta } = await first.data();
    return plain([content, ...Object.values(meta)].join(" ")).includes(plain(word));
  };
  // In how many pages of each bundle there is a word that is, or begins with, this one. Where there is none, Pagefind takes the
  // longest word that this one begins with, which in a small bundle may be any. So it is asked what it takes for a word that
  // cannot be there; if that is as many pages, one of them is read.
  const holders = async (word) => {
    await pagefind.preload(word + NO_WORD); // the words that begin so may go on in the index's next part
    const [exact, begun] = await Promise.all([counts(`"${word}"`), counts(word)]);
    const doubtful = bundles.filter((bundle) => begun[bundle] && !exact[bundle]);
    const instead = doubtful.length ? await counts(word + NO_WORD) : {};
    await Promise.all(doubtful.map(async (bundle) => {
      if (begun[bundle] === instead[bundle] && !(await reads(word, bundle))) begun[bundle] = 0;
    }));
    const held = bundles.filter((bundle) => begun[bundle]);
    const all = sum(held.map((bundle) => begun[bundle]));
    const some = all > gone.size || (await living(word, { bundle: { any: held } })).length;
    return some ? begun : {};
  };

  // Words that stand nowhere are passed over; a page has all the others. A bundle's scores come from how seldom a word is in
  // that bundle: they are put to the measure of all pages.
  const best = async (query, wanted) => {
    const words = query.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
    const held = await Promise.all(words.map(holders));
    const known = held.filter((one) => Object.values(one).some(Boolean));
    const where = known.length ? bundles.filter((bundle) => known.every((one) => one[bundle])) : [];
    const term = words.filter((_, place) => known.includes(held[place])).join(" ");
    const measure = sum(known.map((one) => weight(sum(Object.values(sizes)), sum(bundles.map((bundle) => one[bundle] || 0)))));
    const found = await Promise.all(where.map(async (bundle) => {
      const scale = measure / sum(known.map((one) => weight(sizes[bundle], one[bundle])));
      return (await living(term, { ...wanted, bundle })).map((one) => Object.assign(one, { score: one.score * scale }));
    }));
    return found.flat().sort((a, b) => b.score - a.score);
  };

  let places = null;
  const dated = async (found, way) => {
    places = places || json(folder + order).then((ids) => new Map(ids.map((id, place) => [id, place])));
    const place = await places;
    return found.sort((a, b) => way * (place.get(a.id) - place.get(b.id)));
  };
  // The results for a query and filters; `sort` is "" (best first), "desc" or "asc" (by date).
  const search = async (query, wanted, sort) => {
    const whole = !query || /^".+"$/.test(query);
    const found = await (whole ? living(query || null, wanted) : best(query, wanted));
    return sort ? dated(found, sort === "asc" ? -1 : 1) : found;
  };
  return { search, filters };
};
