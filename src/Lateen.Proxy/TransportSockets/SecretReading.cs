// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Proxy.TransportSockets;

/// <summary>A secret as its files had it at one moment.</summary>
/// <param name="Secret">Null when it cannot be used.</param>
/// <param name="Problem">Why; empty when all is well.</param>
/// <param name="Contents">Bytes of its files, in one order.</param>
/// <param name="Directories">Where a file that is moved in may change it.</param>
public sealed record SecretReading(
    SecretSpec? Secret,
    string Problem,
    IReadOnlyList<ReadOnlyMemory<byte>> Contents,
    IReadOnlyCollection<string> Directories
)
{
    /// <summary>Whether the files had the same bytes.</summary>
    public bool IsSameAs(SecretReading other)
    {
        if (Contents.Count != other.Contents.Count || (Secret is null) != (other.Secret is null))
            return false;
        for (var i = 0; i < Contents.Count; i++)
        {
            if (!Contents[i].Span.SequenceEqual(other.Contents[i].Span))
                return false;
        }
        return true;
    }

    /// <summary>Secrets do not print.</summary>
    public override string ToString() => "***";
}
