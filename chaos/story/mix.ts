import type { Scene } from '../scene.ts';
import * as adyen from './adyen.ts';
import * as alipay from './alipay.ts';
import * as backup from './backup.ts';
import * as bank from './bank.ts';
import * as card from './card.ts';
import * as client from './client.ts';
import * as page from './page.ts';
import * as paypal from './paypal.ts';
import * as qr from './qr.ts';
import * as saved from './saved.ts';
import * as till from './till.ts';
import * as unionpay from './unionpay.ts';
import * as wallet from './wallet.ts';

/** How often each story is played, in per cent (faults.md section 3). */
const weights = {
  qrPaid: 14, cardPaid: 11, cardAsked: 7, cardCaptured: 9, cardProcessing: 3, cardUnknown: 4,
  cardDeclined: 6, cardSwitched: 4,
  qrAbandoned: 5, cardLost: 3,
  qrLate: 6,
  qrCanceled: 4, qrClosed: 1, cardVoided: 4,
  qrWrongAmount: 4,
  qrTwice: 3, cardTwice: 2,
  qrRefunded: 3, cardRefunded: 6,
  cardForged: 1, cardRaised: 3, cardDisputed: 2,
  alipayPaid: 4, alipayUnopened: 1, alipayOpened: 1, alipayCanceled: 2, alipayLate: 1, alipayRefunded: 2,
  paypalPaid: 4, paypalAbandoned: 1, paypalCanceled: 2, paypalRefunded: 2,
  adyenPaid: 2, adyenDeclined: 1, adyenUnknown: 1, adyenReturned: 2, adyenAbandoned: 1, adyenCaptured: 2, adyenVoided: 1, adyenRefunded: 2, adyenTwice: 1, adyenLate: 1,
  backupPaid: 2, backupTaken: 2, backupSpared: 2,
  unionpayPaid: 2, unionpayUnopened: 1, unionpayCanceled: 1, unionpayRefunded: 1,
  bankPaid: 2, bankParts: 2, bankTooMuch: 1, bankWrongCurrency: 1, bankShort: 1, bankLate: 1, bankCanceled: 1, bankRefunded: 1,
  walletWithdrawn: 3, walletContended: 1, walletGifted: 1,
  tillPaid: 3, tillAsked: 2, tillReversed: 2, tillLost: 1, tillSwitched: 1,
  pagePaid: 3, pageSwitched: 1, pageAbandoned: 1, pageCanceled: 1, pageLate: 1, pageRefunded: 1,
  clientPaid: 3, clientCanceled: 1, clientLate: 1,
  savedPaid: 4, savedRefunded: 1,
} as const; // prettier-ignore

export type StoryName = keyof typeof weights;

const stories: Readonly<Record<StoryName, (scene: Scene) => Promise<void>>> = {
  ...qr,
  ...card,
  ...alipay,
  ...paypal,
  ...bank,
  ...adyen,
  backupPaid: backup.backupPaid,
  backupTaken: backup.backupTaken,
  backupSpared: backup.backupSpared,
  ...wallet,
  ...till,
  ...page,
  ...client,
  ...saved,
  ...unionpay,
};

export const storyNames = Object.keys(weights) as StoryName[];

/** The stories of the first `count` orders, as the seed has it: at least one of each, when there is room. */
export function storiesOf(
  count: number,
  draw: (weights: Readonly<Record<StoryName, number>>) => StoryName,
): StoryName[] {
  // Every seventh order deals them in turn; more often where they would not all come up.
  const step = Math.min(7, Math.max(2, Math.floor(count / storyNames.length)));
  return Array.from({ length: count }, (_, index) => {
    const due = index % step === step - 1 ? storyNames[Math.floor(index / step)] : undefined;
    return due ?? draw(weights);
  });
}

/** Plays it. */
export function play(name: StoryName, scene: Scene): Promise<void> {
  return stories[name](scene);
}
