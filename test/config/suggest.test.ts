import t from 'tap';
import { didYouMean } from '../../src/config/suggest.ts';

t.test('the nearest name is suggested when it is near enough', (t) => {
  t.equal(didYouMean('valt', ['backup', 'vault']), 'did you mean "vault"?');
  t.equal(didYouMean('lisetn', ['listen', 'limits']), 'did you mean "listen"?');
  t.equal(didYouMean('Listen', ['listen']), 'did you mean "listen"?');
  t.equal(didYouMean('colour', ['listen', 'admin']), undefined);
  t.equal(didYouMean('x', []), undefined);
  t.end();
});
