import { type Attack, type Figures, sideBySide } from '../attack.ts';
import { Lane } from '../callback/lane.ts';
import { tonguesOf } from '../callback/tongue.ts';

const lanes = 6;

/**
 * Callbacks of each channel with mutated content, forged and as many correctly signed. Forged: the channel's refusal
 * and no change. Signed: never a 5xx, and a change only by what says, in the channel's own terms, what was asked for.
 */
export const callback: Attack = {
  name: 'callback',
  run: async (scene) => {
    const before = await scene.watch.liveMb();
    const figures: Record<string, number> = { live_mb_before: Math.round(before) };
    for (const tongue of tonguesOf(scene.stage.keys)) {
      const all = Array.from({ length: lanes }, (_, index) => new Lane(scene, tongue, index));
      await all[0]?.warmUp();
      for (const form of ['forged', 'signed'] as const) {
        const began = performance.now();
        const share = Math.ceil(scene.profile.callbacks / lanes);
        await sideBySide(all, lanes, (lane) => lane.run(form, share));
        const seconds = Math.round((performance.now() - began) / 1_000);
        scene.say(`callback: ${tongue.channel} ${form}: ${share * lanes} in ${seconds} s`);
      }
      Object.assign(figures, figuresOf(tongue.channel, all));
    }
    const after = await scene.watch.liveMb();
    scene.watch.judgeGrowth(scene.findings, before, after);
    return { ...figures, live_mb_after: Math.round(after) };
  },
};

function figuresOf(channel: string, all: readonly Lane[]): Figures {
  const sum = (of: (lane: Lane) => number) => all.reduce((total, lane) => total + of(lane), 0);
  return {
    [`${channel}_forged`]: sum((lane) => lane.sent.forged),
    [`${channel}_signed`]: sum((lane) => lane.sent.signed),
    [`${channel}_meaningful`]: sum((lane) => lane.meaningful),
    [`${channel}_acknowledged`]: sum((lane) => lane.acknowledged),
  };
}
