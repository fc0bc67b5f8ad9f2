// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Lateen.Http.Targets;

/// <summary>
/// Gives a path its uniform spelling, as Envoy does: escaped slashes first, then <see cref="CanonicalPath"/>, then repeated
/// slashes. The query stays as it is. A path that is uniform already costs one search.
/// </summary>
public static class PathNormalizer
{
    /// <summary>What may need work, and the marks that end a path.</summary>
    private static readonly SearchValues<byte> s_notable = SearchValues.Create("%\\\"<>^`{|}.?#"u8);

    /// <summary>Puts the request's path, which must begin with a slash, into its uniform spelling.</summary>
    public static PathVerdict Apply(RequestHead request, PathOptions options)
    {
        var target = request.Path;
        if (options.IsOff)
            return target.Contains((byte)'#') ? PathVerdict.Reject : PathVerdict.Continue;
        var isPlain = IsPlain(target, out var length, out var hasFragment);
        if (hasFragment)
            return PathVerdict.Reject; // RFC 9110 §7.1: it is the client's own, so what sends it means to deceive
        if (isPlain && (!options.MergeSlashes || target[..length].IndexOf("//"u8) < 0))
            return PathVerdict.Continue;
        return Rewrite(request, length, options);
    }

    /// <param name="length">Bytes of the path; the query follows.</param>
    private static bool IsPlain(ReadOnlySpan<byte> target, out int length, out bool hasFragment)
    {
        var isPlain = true;
        hasFragment = false;
        for (length = 0; length < target.Length; length++)
        {
            var next = target[length..].IndexOfAny(s_notable);
            if (next < 0)
            {
                length = target.Length;
                break;
            }
            length += next;
            switch (target[length])
            {
                case (byte)'?':
                    hasFragment = target[length..].Contains((byte)'#');
                    return isPlain;
                case (byte)'#':
                    hasFragment = true;
                    return isPlain;
                case (byte)'.':
                    // Most dots are inside of names.
                    isPlain &= !MayBeDotSegment(target, length);
                    break;
                default:
                    isPlain = false;
                    break;
            }
        }
        return isPlain;
    }

    private static bool MayBeDotSegment(ReadOnlySpan<byte> target, int dot) =>
        target[dot - 1] == '/'
        && (
            dot + 1 == target.Length
            || target[dot + 1] is (byte)'.' or (byte)'/' or (byte)'\\' or (byte)'%' or (byte)';' or (byte)'?'
        );

    private static PathVerdict Rewrite(RequestHead request, int length, PathOptions options)
    {
        var target = request.Path;
        // The text it is read from stays where it is: the room lies behind it, or in a new array.
        var room = request.Headers.Reserve(target.Length + CanonicalPath.MaxLength(length));
        var path = room[..length];
        target[..length].CopyTo(path);
        var result = room[target.Length..];
        var verdict = PathVerdict.Continue;
        if (options.EscapedSlashes != EscapedSlashes.KeepUnchanged && TryUnescapeSlashes(ref path))
        {
            if (options.EscapedSlashes == EscapedSlashes.RejectRequest)
                return PathVerdict.Reject;
            if (options.EscapedSlashes == EscapedSlashes.UnescapeAndRedirect)
                verdict = PathVerdict.Redirect;
        }
        if (options.Normalize)
        {
            if (!CanonicalPath.TryWrite(path, result, out var written))
                return PathVerdict.Reject;
            path = result[..written];
        }
        if (options.MergeSlashes)
            path = path[..MergeSlashes(path)];
        if (path.SequenceEqual(target[..length]))
            return PathVerdict.Continue;
        Store(request, path, target[length..], room);
        return verdict;
    }

    private static void Store(RequestHead request, Span<byte> path, ReadOnlySpan<byte> query, Span<byte> room)
    {
        path.CopyTo(room);
        query.CopyTo(room[path.Length..]);
        request.SetPath(room[..(path.Length + query.Length)]);
    }

    /// <summary>Decodes <c>%2F</c> and <c>%5C</c> in place, once; true when there was one.</summary>
    private static bool TryUnescapeSlashes(ref Span<byte> path)
    {
        var written = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var isEscape = path[i] == '%' && i + 2 < path.Length;
            if (isEscape && path[i + 1] == '2' && path[i + 2] is (byte)'F' or (byte)'f')
            {
                path[written++] = (byte)'/';
                i += 2;
            }
            else if (isEscape && path[i + 1] == '5' && path[i + 2] is (byte)'C' or (byte)'c')
            {
                path[written++] = (byte)'\\';
                i += 2;
            }
            else
            {
                path[written++] = path[i];
            }
        }
        var found = written < path.Length;
        path = path[..written];
        return found;
    }

    /// <summary>Merges in place; also <c>//</c> alone is one slash, of which Envoy makes two.</summary>
    private static int MergeSlashes(Span<byte> path)
    {
        var written = 0;
        foreach (var character in path)
        {
            if (character != '/' || written == 0 || path[written - 1] != '/')
                path[written++] = character;
        }
        return written;
    }
}
