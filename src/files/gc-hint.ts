let isAsked = false

/**
 * Has garbage of this process collected sooner, from the first call on. Nearly all that a large
 * file leaves in memory is buffers that are done with; collected before they pile up they take a
 * third less at the peak, and less time, as fewer new ones are asked of the system.
 *
 * Not before it is needed: once a flag of V8 is changed, what Node.js has compiled ahead does not
 * fit it any more, and loading modules takes 15 ms longer.
 */
export function collectYoungSooner(): void {
  if (isAsked) return
  isAsked = true
  process.getBuiltinModule('node:v8').setFlagsFromString('--minor-gc-task-trigger=20')
}
