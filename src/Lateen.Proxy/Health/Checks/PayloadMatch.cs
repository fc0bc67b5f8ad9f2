// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.Health.Checks;

/// <summary>Envoy's comparison of payloads: every piece must be there, in this order, with anything between them.</summary>
internal static class PayloadMatch
{
    public static bool Contains(ReadOnlySpan<byte> received, IReadOnlyList<byte[]> pieces)
    {
        for (var i = 0; i < pieces.Count; i++)
        {
            var at = received.IndexOf(pieces[i]);
            if (at < 0)
                return false;
            received = received[(at + pieces[i].Length)..];
        }
        return true;
    }
}
