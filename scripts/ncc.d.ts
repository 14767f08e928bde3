/** The part of the bundler that is used here; the package has no types. */
declare module '@vercel/ncc' {
  interface Options {
    cache: boolean
    esm: boolean
    minify: boolean
    quiet: boolean
    target: string
  }
  export default function ncc(entry: string, options: Options): Promise<{ code: string }>
}
