// The least a gateway on Workers can do: pass the request on and the answer back. Minnow's throughput is measured against it.
export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url)
    if (pathname === '/health') return new Response('ok')
    return fetch(new Request(env.UPSTREAM + pathname, request))
  },
}
