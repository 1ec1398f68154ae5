// Asks Pagefind's bundles (an archive or several, and the current one) as if they were one. Loaded when a reader first searches.
const NOWHERE = { bundle: "nowhere" };
const NO_WORD = "ꙮ"; // put behind a word, it makes one that is in no text

// As Pagefind compares words: without case, accents and punctuation.
const plain = (text) => text.normalize("NFD").replace(/[\p{M}\p{Pd}\p{Pe}\p{Pf}\p{Pi}\p{Po}\p{Ps}]/gu, "").toLowerCase();

const json = async (address) => {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
};

// A finder for the bundles in `folder`, an absolute address that ends with /.
export const start = async (folder) => {
  const [{ createInstance }, head] = await Promise.all([import(`${folder}pagefind.js`), json(`${folder}pagefind-entry.json`)]);
  const { archives, hidden, order, filters } = head.groundwire;
  const options = { baseUrl: new URL("..", folder).pathname, excerptLength: 24 };
  const own = (bundle) => ({ ...options, mergeFilter: { bundle } });
  const pagefind = createInstance(own("current"));
  try {
    await pagefind.init();
    await Promise.all(archives.map((name) => pagefind.mergeIndex(folder + name, own(name))));
  } catch (error) {
    await pagefind.destroy();
    throw error;
  }
  const bundles = ["current", ...archives];
  const gone = new Set(hidden);
  let places = null;
  const byDate = () => {
    places = places || json(folder + order).then((ids) => new Map(ids.map((id, place) => [id, place])));
    return places;
  };

  // In how many pages of each bundle a word stands.
  const counts = async (word) => (await pagefind.search(word, { filters: NOWHERE })).totalFilters.bundle || {};
  const living = async (word, filters) => (await pagefind.search(word, { filters })).results.filter((one) => !gone.has(one.id));
  const reads = async (word, bundle) => {
    const [first] = await living(word, { bundle });
    if (!first) return false;
    const { content, meta } = await first.data();
    return plain([content, ...Object.values(meta)].join(" ")).includes(plain(word));
  };
  // The bundles with a word that is, or begins with, this one. Where there is none, Pagefind takes the longest word that this
  // one begins with, which in a small bundle may be any. So it is asked what it takes for a word that cannot be there; if that
  // is as many pages, one of them is read.
  const holders = async (word) => {
    const exact = await counts(`"${word}"`);
    const doubtful = bundles.filter((bundle) => !exact[bundle]);
    if (!doubtful.length) return bundles;
    const [begun, instead] = await Promise.all([counts(word), counts(word + NO_WORD)]);
    const held = await Promise.all(doubtful.map((bundle) =>
      begun[bundle] > 0 && (begun[bundle] !== instead[bundle] || reads(word, bundle))));
    const found = bundles.filter((bundle) => exact[bundle] || held[doubtful.indexOf(bundle)]);
    const pages = found.reduce((sum, bundle) => sum + (begun[bundle] || 0), 0);
    return pages > gone.size || (await living(word, { bundle: { any: found } })).length ? found : [];
  };
  // What is asked of which bundles: words that stand nowhere are passed over, and a page has all the others.
  const asked = async (query) => {
    if (!query || /^".+"$/.test(query)) return { term: query || null, where: bundles };
    const words = query.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
    const held = await Promise.all(words.map(holders));
    const known = words.filter((_, place) => held[place].length);
    const where = bundles.filter((bundle) => held.every((one) => !one.length || one.includes(bundle)));
    return { term: known.join(" "), where: known.length ? where : [] };
  };

  // The results for a query and filters; `sort` is "" (best first), "desc" or "asc" (by date).
  const search = async (query, wanted, sort) => {
    const { term, where } = await asked(query);
    if (!where.length) return [];
    const found = await living(term, { ...wanted, bundle: { any: where } });
    if (!sort) return found;
    const place = await byDate();
    const way = sort === "asc" ? -1 : 1;
    return found.sort((a, b) => way * (place.get(a.id) - place.get(b.id)));
  };
  return { search, filters };
};
