// Which of workerd's lines a person need not see. Everything not named here is shown. Pure.

const NOISE = [
  /^\s*$/,
  /^stack: [0-9a-f@ ./\w-]+$/, // addresses inside workerd
  /: (?:error|warning|info): .*disconnected: /, // a client or a vendor hung up; the Worker has dealt with it
  /The compatibility flag \S+ became the default/,
  /PWD environment variable/,
]

export function isNoise(line) {
  return NOISE.some((pattern) => pattern.test(line))
}
