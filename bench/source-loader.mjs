// Loaded with --import: lets Node.js read src as it stands, where imports of `./x.js` mean `./x.ts`.
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      const isOurs = specifier.startsWith('.') && specifier.endsWith('.js')
      if (error.code !== 'ERR_MODULE_NOT_FOUND' || !isOurs) throw error
      return next(specifier.replace(/\.js$/, '.ts'), context)
    }
  },
})
