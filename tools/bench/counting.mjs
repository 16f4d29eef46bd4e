// Stands in front of the real Worker and counts every call that it makes to an object, by binding; if told so, makes each
// of them late, so that whoever waits for one shows it. `GET /bench/objects` tells the counts, `?lateMs=250` sets them to
// nothing and the delay.
import minnow from 'worker.js'

export * from 'worker.js'

const calls = {}
let lateMs = 0

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
  fetch(request, env, ctx) {
    const url = new URL(request.url)
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
