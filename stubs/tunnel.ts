/**
 * Stands in the bundle for tunnel, with which @actions/http-client reaches proxies in `getAgent`. Our
 * requests bring an agent of their own (src/api/route.ts), so it is never called. It is the one
 * package that calls `require`, for which a bundle would load node:module at every start.
 * `scripts/bundle.ts` puts this file in its place.
 */
function notBundled(): never {
  throw new Error('tunnel is not part of this bundle: proxies are reached by an agent of our own')
}

export const httpOverHttp = notBundled
export const httpsOverHttp = notBundled
export const httpOverHttps = notBundled
export const httpsOverHttps = notBundled
