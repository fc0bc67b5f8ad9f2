// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Fuzz;

/// <summary>Makes inputs of seeds: a few random changes, of the kinds that break parsers.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, Random random)
{
    private const int MaxLength = 64 * 1024;

    private static readonly byte[] s_interesting = [0, 1, 9, 10, 13, 32, 34, 44, 58, 59, 61, 0x7f, 0x80, 0xfe, 0xff];

    public byte[] Next()
    {
        var input = new List<byte>(Seed());
        for (var changes = random.Next(0, 6); changes > 0; changes--)
            Change(input);
        if (input.Count > MaxLength)
            input.RemoveRange(MaxLength, input.Count - MaxLength);
        return [.. input];
    }

    private byte[] Seed() => seeds[random.Next(seeds.Count)];

    private void Change(List<byte> input)
    {
        var at = random.Next(input.Count + 1);
        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2 when at < input.Count:
                input[at] = s_interesting[random.Next(s_interesting.Length)];
                break;
            case 3:
                input.RemoveRange(at, random.Next(Math.Min(input.Count - at, 20) + 1));
                break;
            case 4:
                input.InsertRange(at, Piece(Seed()));
                break;
            case 5:
                input.InsertRange(at, Piece([.. input]));
                break;
            case 6:
                input.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 300)));
                break;
            case 7:
                input.AddRange(Seed());
                break;
        }
    }

    private byte[] Piece(byte[] source)
    {
        var start = random.Next(source.Length + 1);
        return source[start..random.Next(start, source.Length + 1)];
    }
}
