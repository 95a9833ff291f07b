import assert from 'node:assert/strict';

const sections = (sdp) => sdp.split(/^(?=m=)/m).slice(1);
const value = (section, name) => new RegExp(`^a=${name}:(.*?)\r?$`, 'm').exec(section)?.[1];
const isRejected = (section) => section.split(' ')[1] === '0';

/** What every answer to any offer has (RFC 3264, section 6; RFC 8843, section 7.3). */
export function checkAnswer(answer, offer) {
  const [asked, answered] = [sections(offer), sections(answer)];
  assert.equal(answered.length, asked.length, 'as many m-lines');
  const live = [];
  answered.forEach((section, index) => {
    const words = section.split(/\r?\n/)[0].split(' ').filter(Boolean);
    assert.equal(words[0], asked[index].split(/\r?\n/)[0].split(' ')[0], 'the same media');
    assert.ok(words.length > 3, `formats: ${words}`);
    const mid = value(section, 'mid');
    if (mid !== undefined) assert.equal(mid, value(asked[index], 'mid'), 'the same mid');
    if (isRejected(section)) return;
    live.push(mid);
    assert.ok(
      !isRejected(asked[index]) || asked[index].includes('a=bundle-only'),
      'what the offer rejects is rejected',
    );
    assert.match(section, /^a=(recvonly|inactive)\r$/m, 'it receives at most');
    for (const name of ['ice-ufrag', 'ice-pwd', 'fingerprint', 'setup'])
      assert.ok(value(section, name), `${name} of the answerer's own`);
    for (const name of ['ice-ufrag', 'ice-pwd', 'fingerprint'])
      assert.ok(!offer.includes(value(section, name)), `not the offerer's ${name}`);
  });
  const group = /^a=group:BUNDLE(.*?)\r?$/m.exec(answer)?.[1];
  if (group !== undefined)
    assert.deepEqual(group.split(' ').filter(Boolean).sort(), live.sort(), 'the group');
}
