// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using Lateen.Http;
using Lateen.Net;
using Lateen.Proxy.Streams;

namespace Lateen.Proxy.Routing;

/// <summary>
/// Hashes what a route's policies look at, as Envoy: xxHash64 of each value, one rotated into the next. Allocates nothing but
/// for regular expressions.
/// </summary>
internal sealed class RequestHasher
{
    private const int MaxAddressText = 64;
    private readonly Policy[] _policies;

    public RequestHasher(IReadOnlyList<HashPolicySpec> policies)
    {
        _policies = new Policy[policies.Count];
        for (var i = 0; i < _policies.Length; i++)
            _policies[i] = new Policy(policies[i]);
    }

    /// <summary>Null when the request has nothing of what the policies look at.</summary>
    /// <param name="random">Becomes the value of a cookie that has to be made.</param>
    public ulong? Hash(StreamInfo stream, in NetAddress client, ulong random)
    {
        ulong? hash = null;
        foreach (var policy in _policies)
        {
            if (policy.TryHash(stream, client, random) is { } next)
                hash = hash is { } so ? ulong.RotateLeft(so, 1) ^ next : next;
            if (policy.Spec.IsTerminal && hash is not null)
                break;
        }
        return hash;
    }

    /// <summary>Gives the client the cookie that was made for its request.</summary>
    public void AddCookie(StreamInfo stream)
    {
        foreach (var policy in _policies)
        {
            if (policy.Spec is { Source: HashSource.Cookie, CookieTtl: not null })
                policy.AddCookie(stream);
        }
    }

    private sealed class Policy(HashPolicySpec spec)
    {
        private readonly byte[] _name = Encoding.ASCII.GetBytes(spec.Name);
        private readonly Regex? _pattern = spec.Rewrite is null ? null : Re2Pattern.CompileSearch(spec.Rewrite.Pattern);
        private readonly string _substitution = spec.Rewrite is null
            ? ""
            : Re2Pattern.TranslateSubstitution(spec.Rewrite.Substitution);

        /// <summary>What stands behind the cookie's value.</summary>
        private readonly byte[] _attributes = Encoding.ASCII.GetBytes(AttributesOf(spec));

        public HashPolicySpec Spec { get; } = spec;

        public ulong? TryHash(StreamInfo stream, in NetAddress client, ulong random)
        {
            switch (Spec.Source)
            {
                case HashSource.Header:
                    return HashHeader(stream.Request);
                case HashSource.Cookie:
                    return HashCookie(stream, random);
                case HashSource.SourceAddress:
                    Span<byte> text = stackalloc byte[MaxAddressText];
                    var length = client.FormatIP(text);
                    return length > 0 ? XxHash64.HashToUInt64(text[..length]) : null;
                default:
                    return QueryString.TryGet(stream.Request, _name, out var value)
                        ? XxHash64.HashToUInt64(value)
                        : null;
            }
        }

        /// <summary>Name, value and attributes as Envoy writes them; the value is 16 digits of the hash that was drawn.</summary>
        public void AddCookie(StreamInfo stream)
        {
            if (stream.MadeCookie == 0)
                return;
            Span<byte> line = stackalloc byte[512];
            if (_name.Length + 19 + _attributes.Length > line.Length)
                return; // checked when the route was decoded
            _name.CopyTo(line);
            var at = _name.Length;
            line[at++] = (byte)'=';
            line[at++] = (byte)'"';
            at += WriteHex(stream.MadeCookie, line[at..]);
            line[at++] = (byte)'"';
            _attributes.CopyTo(line[at..]);
            stream.Response.Headers.Add("set-cookie"u8, line[..(at + _attributes.Length)]);
        }

        private ulong? HashHeader(RequestHead request)
        {
            var isAuthority = Spec.Name is ":authority" or "host";
            if (isAuthority || Spec.Name is ":path" or ":method")
                return HashValue(
                    isAuthority ? request.Authority
                    : Spec.Name == ":path" ? request.Path
                    : request.Method
                );
            var headers = request.Headers;
            ulong? hash = null;
            for (var i = headers.IndexOf(_name); i >= 0; i = headers.IndexOf(_name, i + 1))
            {
                var next = HashValue(headers.Value(i));
                hash = hash is { } so ? ulong.RotateLeft(so, 1) ^ next : next;
            }
            return hash;
        }

        private ulong HashValue(ReadOnlySpan<byte> value) =>
            _pattern is null
                ? XxHash64.HashToUInt64(value)
                : XxHash64.HashToUInt64(
                    Encoding.UTF8.GetBytes(_pattern.Replace(Encoding.UTF8.GetString(value), _substitution))
                );

        private ulong? HashCookie(StreamInfo stream, ulong random)
        {
            if (Cookies.TryGet(stream.Request.Headers, _name, out var value))
                return XxHash64.HashToUInt64(value);
            if (Spec.CookieTtl is null)
                return null;
            if (stream.MadeCookie == 0)
                stream.MadeCookie = random | 1;
            Span<byte> made = stackalloc byte[16];
            return XxHash64.HashToUInt64(made[..WriteHex(stream.MadeCookie, made)]);
        }

        private static int WriteHex(ulong value, Span<byte> destination)
        {
            Utf8Formatter.TryFormat(value, destination, out var length, new System.Buffers.StandardFormat('x', 16));
            return length;
        }

        private static string AttributesOf(HashPolicySpec spec)
        {
            var text = new StringBuilder();
            if (spec.CookieTtl is { } ttl && ttl > TimeSpan.Zero)
                text.Append(CultureInfo.InvariantCulture, $"; Max-Age={(long)ttl.TotalSeconds}");
            if (spec.CookiePath.Length > 0)
                text.Append("; Path=").Append(spec.CookiePath);
            return text.Append("; HttpOnly").ToString();
        }
    }
}
