// The lab as a process of its own: `node test/lab/run.ts --port 8401`. Prints its port, ends on SIGTERM or SIGINT.
// `POST /lab/script {"model","script":[...],"always":{...}}` says how requests are treated (see behaviour.ts), a
// request's own `lab` field too; `GET /lab/requests` shows what came.
import { parseArgs } from 'node:util'
import { startVendor } from './vendor.ts'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8401' }, host: { type: 'string', default: '127.0.0.1' } },
})
const vendor = await startVendor({ port: Number(values.port), host: values.host })
console.log(String(vendor.port))
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void vendor.stop().then(() => process.exit(0)))
