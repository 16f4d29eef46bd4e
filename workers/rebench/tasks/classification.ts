// A customer's message and the one department that it is for. Pure.
import { labelIn } from '../checks/label.ts'
import type { Random } from '../../../shared/random.ts'
import type { Maker } from './task.ts'
import { GOODS, PEOPLE, TOWNS } from './words.ts'

type Message = (random: Random) => string

const goods = (random: Random): string => random.pick(GOODS)

const MESSAGES: Readonly<Record<string, readonly [Message, ...Message[]]>> = {
  billing: [
    (random) => `I was charged ${random.whole(12, 99)} euros twice for the same ${goods(random)}.`,
    (random) => `My card statement shows ${random.whole(12, 99)} euros, but I cancelled before I had to pay.`,
    (random) => `When will the refund for the ${goods(random)} be on my bank account?`,
    (random) => `The invoice for ${random.whole(2, 9)} ${goods(random)} has the wrong tax rate.`,
  ],
  shipping: [
    (random) => `The courier says that my ${goods(random)} are still at the depot in ${random.pick(TOWNS)}.`,
    (random) => `It has been ${random.whole(9, 30)} days, and the parcel has not arrived.`,
    (random) =>
      `Can the delivery of the ${goods(random)} be sent to my office in ${random.pick(TOWNS)} instead?`,
    () => 'The tracking number you gave me has not moved since it left the warehouse.',
  ],
  technical: [
    (random) => `The app closes with error ${random.whole(100, 599)} whenever I open the camera.`,
    (random) =>
      `After update ${random.whole(2, 9)}.${random.whole(0, 9)} the screen stays black when I press start.`,
    () => 'Searching in the web site freezes the browser, in every browser that I tried.',
    (random) => `The sensor shows ${random.whole(200, 900)} degrees since the firmware was renewed.`,
  ],
  account: [
    (random) => `I forgot my password, and ${random.pick(PEOPLE)} at the desk could not reset it.`,
    () => 'Please change the e-mail address with which I log in.',
    (random) =>
      `My user name should be ${random.pick(PEOPLE).toLowerCase()}${random.whole(10, 99)}; how do I change it?`,
    () => 'I want my profile and my login deleted for good.',
  ],
}

const LABELS = Object.keys(MESSAGES)

export const classification: Maker = (random) => {
  const [label = ''] = random.shuffled(LABELS)
  const [message = ''] = random.some(MESSAGES[label] ?? [], 1).map((write) => write(random))
  return {
    prompt: `Which department is this message for: ${random.shuffled(LABELS).join(', ')}? Answer with one word.\n\nMessage: ${message}`,
    example: label,
    isRight: (answer) => labelIn(answer, LABELS) === label,
  }
}
