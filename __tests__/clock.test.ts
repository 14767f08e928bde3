import { describe, expect, test } from 'vitest'
import { systemClock } from '../src/clock.js'

describe('the real time', () => {
  test('is the system’s', () => {
    const before = Date.now()
    const now = systemClock.now()

    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  test('lets a sleeper go on', async () => {
    await expect(systemClock.sleep(1, new AbortController().signal)).resolves.toBeUndefined()
  })

  test('wakes a sleeper with the reason, whenever its signal is aborted', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const sleep = systemClock.sleep(3_600_000, controller.signal)

    controller.abort(reason)

    await expect(sleep).rejects.toBe(reason)
    await expect(systemClock.sleep(3_600_000, controller.signal)).rejects.toBe(reason)
  })

  test('counts down once, from its last restart', async () => {
    const ends: string[] = []
    const done = new Promise<void>((resolve) => {
      systemClock.countdown(30, () => {
        ends.push('second')
        resolve()
      })
    })
    const stopped = systemClock.countdown(1, () => ends.push('stopped'))
    stopped.stop()
    const restarted = systemClock.countdown(1, () => ends.push('first'))
    restarted.stop()
    restarted.restart()

    await done

    expect(ends).toEqual(['first', 'second'])
  })
})
