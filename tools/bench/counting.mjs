// Stands in front of the real Worker and counts every call that it makes to an object, by binding; if told so, makes each
// of them late, so that whoever waits for one shows it. `GET /bench/objects` tells the counts, `?lateMs=250` sets them to
// nothing and the delay. `GET /bench/storage` tells the alarms that rang and the rows that objects and D1 wrote, and sets
// them to nothing.
import minnow, * as its from 'worker.js'

export * from 'worker.js'

const calls = {}
let lateMs = 0
let storage = { alarms: {}, rows: {} }

const add = (counts, name, count) => {
  if (count > 0) counts[name] = (counts[name] ?? 0) + count
}

const watched = new WeakSet()

/** Replaces a method where it is defined, once, for all that have it. */
const watch = (example, method, see) => {
  const prototype = Object.getPrototypeOf(example)
  const original = prototype[method]
  if (watched.has(original)) return
  prototype[method] = function (...given) {
    const result = original.apply(this, given)
    see(this, result)
    return result
  }
  watched.add(prototype[method])
}

const owners = new WeakMap()

const watchObject = (name, { storage: kept }) => {
  owners.set(kept.sql, name)
  owners.set(kept, name)
  watch(kept.sql, 'exec', (sql, { rowsWritten }) => add(storage.rows, owners.get(sql), rowsWritten))
  watch(kept, 'setAlarm', (whose) => add(storage.rows, owners.get(whose), 1)) // is billed as a row
}

const watchDatabase = (database) => {
  const see = (_, result) =>
    void result.then(
      (told) => [told].flat().forEach(({ meta }) => add(storage.rows, 'D1', meta.rows_written)),
      () => undefined,
    )
  watch(database, 'batch', see)
  watch(database.prepare('SELECT 1'), 'run', see)
}

const watching = (Base, name) =>
  class extends Base {
    constructor(state, env) {
      watchObject(name, state)
      watchDatabase(env.DB)
      super(state, env)
    }

    alarm() {
      add(storage.alarms, name, 1)
      return super.alarm?.()
    }
  }

export const Budget = watching(its.Budget, 'BUDGET')
export const AnswerCache = watching(its.AnswerCache, 'ANSWERS')
export const Conversation = watching(its.Conversation, 'CONVERSATION')
export const Health = watching(its.Health, 'HEALTH')
export const Learner = watching(its.Learner, 'LEARNER')
export const Outbox = watching(its.Outbox, 'OUTBOX')
export const Rebench = watching(its.Rebench, 'REBENCH')
export const Register = watching(its.Register, 'REGISTER')
export const Replay = watching(its.Replay, 'REPLAY')
export const Thread = watching(its.Thread, 'THREAD')

const counted = (binding, stub) =>
  new Proxy(stub, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (typeof value !== 'function' || name === 'then') return value
      return async (...args) => {
        calls[binding] = (calls[binding] ?? 0) + 1
        if (lateMs > 0) await new Promise((resolve) => setTimeout(resolve, lateMs))
        return target[name](...args)
      }
    },
  })

const counting = (binding, namespace) => ({
  getByName: (...args) => counted(binding, namespace.getByName(...args)),
})

let wrapped

const wrap = (env) =>
  Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      typeof value?.getByName === 'function' ? counting(name, value) : value,
    ]),
  )

export default {
  ...minnow,
  fetch(request, env, ctx) {
    const url = new URL(request.url)
    if (url.pathname === '/bench/storage') {
      const told = storage
      storage = { alarms: {}, rows: {} }
      return Response.json(told)
    }
    if (url.pathname === '/bench/objects') {
      const told = { ...calls }
      if (url.searchParams.has('lateMs')) {
        lateMs = Number(url.searchParams.get('lateMs'))
        for (const name of Object.keys(calls)) delete calls[name]
      }
      return Response.json(told)
    }
    wrapped ??= wrap(env)
    return minnow.fetch(request, wrapped, ctx)
  },
}
