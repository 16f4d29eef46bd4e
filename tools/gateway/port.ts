// Asks the operating system whether the gateway may listen where it was told to, before anything is built.
import { createServer } from 'node:net'
import { type Address, urlOf } from './address.ts'
import { Refusal } from './refusal.ts'

export async function refuseIfTaken(address: Address): Promise<void> {
  const server = createServer()
  const code = await new Promise<string>((resolve) => {
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => resolve(''))
  })
  if (code !== '') throw new Refusal(sentence(address, code))
  await new Promise((resolve) => server.close(resolve))
}

/** Pure. */
export function sentence({ host, port }: Address, code: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${urlOf(host, port)} is taken by another program; stop it, or choose another port, for example PORT=${port === 65535 ? 8787 : port + 1}.`
    case 'EACCES':
      return `This user may not listen on port ${port}; choose one from 1024 up with PORT.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is "${host}", which is no address of this machine; use 127.0.0.1, ::1, 0.0.0.0 or one it has.`
    default:
      return `Cannot listen on ${urlOf(host, port)} (${code}); check HOST and PORT.`
  }
}
