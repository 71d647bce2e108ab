import { describe, expect, it } from 'vitest';
import { layoutMarkerText, parseLayoutMarker } from '../../src/domain/layout-marker.ts';

describe('The marker of a layout', () => {
  it.each([
    { layout: 'flat' },
    { layout: 'spread' },
    { layout: 'flat', movingTo: 'spread' },
    { layout: 'spread', movingTo: 'flat' },
  ] as const)('says what was written: %j', (marker) =>
    expect(parseLayoutMarker(layoutMarkerText(marker))).toEqual({ movingTo: undefined, ...marker }),
  );

  it.each([
    '',
    'flat',
    'null',
    '[]',
    '{}',
    '{"layout":"tree"}',
    '{"layout":"flat","movingTo":"tree"}',
    '{"layout":"flat"',
  ])('says nothing if it is %j', (text) => expect(parseLayoutMarker(text)).toBeUndefined());
});
