import t from 'tap';
import { rootIn } from '../../src/response/root-name.ts';

const nameOf = (head: string): string => {
  const root = rootIn(head);
  return root.kind === 'named' ? root.name : root.kind;
};

t.test('finds the root element behind what may stand before it, in lower case', async (t) => {
  const documents: [head: string, name: string][] = [
    ['<Tagging/>', 'tagging'],
    ['<Tagging xmlns="a">', 'tagging'],
    ['<Tagging\n', 'tagging'],
    ['<?xml version="1.0"?>\r\n\t <ListBucketResult>', 'listbucketresult'],
    ['\u00ef\u00bb\u00bf<?xml version="1.0"?><A>', 'a'],
    ['<!-- <B> --><?pi <C>?><!----><A>', 'a'],
    ['<s3:Tagging>', 'tagging'],
    ['<getObjectAttributesResponse>', 'getobjectattributesresponse'],
    [' {"Version"', '{'],
  ];
  for (const [head, name] of documents) t.equal(nameOf(head), name, head);
});

t.test('waits for more while the root element may still follow', async (t) => {
  const document = '\u00ef\u00bb\u00bf <?xml version="1.0"?><!-- a --> <Tagging>';
  for (let length = 3; length < document.length; length++)
    t.match(nameOf(document.slice(0, length)), /^(?:more|blank)$/, document.slice(0, length));
  for (const head of ['<', '<!', '<!-', '<?', '<!-->', '<?xml >']) t.equal(nameOf(head), 'more', head);
});

t.test('knows what says nothing so far: white space, declarations and comments that are whole', async (t) => {
  for (const head of ['', ' ', '\u00ef\u00bb\u00bf', '<?xml version="1.0"?>\n', ' <!-- a --> <?pi?>\r\n'])
    t.equal(nameOf(head), 'blank', head);
});

t.test('finds none in what is no document of S3', async (t) => {
  for (const head of [
    'content',
    '\0<Tagging>',
    '<!DOCTYPE html>',
    '<!ENTITY a>',
    '<![CDATA[<Tagging>]]>',
    '< Tagging>',
    '</Tagging>',
    '<>',
    '\u00fe\u00ff<\0T',
    '<"a">',
    '[{}]',
  ])
    t.equal(nameOf(head), 'none', head);
});
