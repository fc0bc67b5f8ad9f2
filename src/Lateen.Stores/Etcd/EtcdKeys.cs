// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using Lateen.Config.Stores;

namespace Lateen.Stores.Etcd;

/// <summary>
/// Object keys as etcd's: <c>/lateen/GROUP/PLURAL/NAMESPACE/NAME</c>, with <c>-</c> for what is empty, which no name can be. Their order
/// is nearly <see cref="KeyOrder"/>'s; lists are sorted again.
/// </summary>
internal sealed class EtcdKeys(string prefix)
{
    private const string Empty = "-";

    public ByteString Of(in ObjectKey key) =>
        ByteString.CopyFromUtf8(
            $"{prefix}/{Part(key.Group)}/{Part(key.Plural)}/{Part(key.Namespace)}/{Part(key.Name)}"
        );

    /// <summary>First key of a scope and the end of its range.</summary>
    public (ByteString First, ByteString End) RangeOf(in ObjectScope scope)
    {
        var first = $"{prefix}/";
        // Without a kind there is no prefix for a namespace: the whole group, or all, is read and filtered.
        if (scope.Group is not null)
        {
            first += $"{Part(scope.Group)}/";
            if (scope.Plural is not null)
            {
                first += $"{Part(scope.Plural)}/";
                if (scope.Namespace is not null)
                    first += $"{Part(scope.Namespace)}/";
            }
        }
        // The slash at the end, one greater, is the first text that does not begin so.
        return (ByteString.CopyFromUtf8(first), ByteString.CopyFromUtf8(first[..^1] + '0'));
    }

    /// <summary>The key of an object; null for keys that are none.</summary>
    public ObjectKey? Parse(ByteString key)
    {
        var text = key.ToStringUtf8();
        if (!text.StartsWith(prefix + "/", StringComparison.Ordinal))
            return null;
        var parts = text[(prefix.Length + 1)..].Split('/');
        return parts.Length == 4 ? new ObjectKey(Text(parts[0]), Text(parts[1]), Text(parts[2]), Text(parts[3])) : null;
    }

    private static string Part(string text) => text.Length == 0 ? Empty : text;

    private static string Text(string part) => part == Empty ? "" : part;
}
