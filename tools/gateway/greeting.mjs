// What a person reads once the gateway answers: where, with which key, and a line to try. Pure.

export function greeting({ address, callHost, environment, isFirst }, port) {
  const lines = [`Ready on ${url(address.host, port)}`]
  const call = url(callHost, port)
  if (address.loopback) {
    lines.push(
      '',
      'Key    mk-local   (for operators: mk-admin-local; both exist on this address only)',
      'Try it',
      curl(call, 'mk-local'),
    )
    if (isFirst) lines.push(...next(call))
  } else if (environment.ADMIN_KEY === undefined) {
    lines.push(
      '',
      'Other machines can reach this address, so the local keys do not exist here, and without ADMIN_KEY none can be made.',
      'Set ADMIN_KEY (in the environment or .dev.vars) and start again.',
    )
  } else {
    lines.push(
      '',
      'Other machines can reach this address, so the local keys do not exist here. Make a key with your ADMIN_KEY:',
      `curl ${call}/admin/keys -H "authorization: Bearer $ADMIN_KEY" -H 'content-type: application/json' -d '{"name":"first"}'`,
      'Try it with that key',
      curl(call, '<key>'),
    )
  }
  return `${lines.join('\n')}\n`
}

/** What to try after that; said once, where the state folder is new. */
function next(call) {
  return [
    '',
    'Next',
    `  ${call}/start   a page to try it by hand`,
    `  ${call}/        the dashboard: spend, quality, health (sign in with mk-admin-local)`,
    `  ${call}/docs    every call, to read and to try`,
    `  ${call}/widget  a chat for a web site, in one line`,
    '  minnow.jsonc                  put a large model behind it: take the // away, export its key, start again',
    '  docs/README.md                budgets, failover, clients, deploying; "npx minnow --help" has the commands',
  ]
}

/** One line for a POSIX shell. */
export function curl(base, key) {
  const body = JSON.stringify({
    model: 'auto',
    stream: true,
    messages: [{ role: 'user', content: 'Hello! What are you?' }],
  })
  return `curl -N ${base}/v1/chat/completions -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '${body}'`
}

function url(host, port) {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
