/**
 * Stands in the bundle for undici, which @actions/http-client imports for one function only:
 * `getAgentDispatcher`, for users of fetch. We use neither it nor fetch, and so
 * spare every start 40 ms and the bundle 443 kB. `scripts/bundle.ts` puts this file in
 * its place; the tests of proxies run the bundle without it.
 */
export class ProxyAgent {
  constructor() {
    throw new Error('undici is not part of this bundle: proxies are reached by an agent of our own')
  }
}
