declare module '@vercel/ncc' {
  export default function ncc(
    entry: string,
    options: { cache: false; quiet: true; target: string },
  ): Promise<{ code: string }>
}
