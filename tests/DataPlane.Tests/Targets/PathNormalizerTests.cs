// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CsCheck;
using DataPlane.Tests.Net;
using Lateen.Http;
using Lateen.Http.Targets;

namespace DataPlane.Tests.Targets;

/// <summary>The uniform spelling of paths, as Envoy's <c>normalize_path</c> and its neighbours have it.</summary>
public sealed class PathNormalizerTests
{
    private static readonly PathOptions s_normalize = new(Normalize: true);
    private static readonly string[] s_pieces =
    [
        "/",
        "//",
        "\\",
        ".",
        "..",
        "%2e",
        "%2E",
        "%2f",
        "%5C",
        "%25",
        "%",
        "%3",
        "%41",
        "%c3%a9",
        ";a",
        "a",
        "2",
        "e",
        "|",
        "?",
        "x=..",
    ];

    /// <summary>Path, and what <c>normalize_path</c> makes of it.</summary>
    public static TheoryData<string, string> Canonical =>
        new()
        {
            // Uniform already
            { "/", "/" },
            { "/a/b", "/a/b" },
            { "/a/b/", "/a/b/" },
            { "/index.html", "/index.html" },
            { "/pkg.Service/Method", "/pkg.Service/Method" },
            { "/.well-known/x", "/.well-known/x" },
            { "/...", "/..." },
            { "/a..b/.c./..d/e..", "/a..b/.c./..d/e.." },
            { "/a?b=/../c", "/a?b=/../c" },
            { "/A/b", "/A/b" },
            { "//", "//" },
            { "/a//b", "/a//b" },
            // Dot segments (RFC 3986 §5.2.4)
            { "/a/./b", "/a/b" },
            { "/a/b/../c", "/a/c" },
            { "/a/b/../../c", "/c" },
            { "/a/b/../../../../c", "/c" },
            { "/../a", "/a" },
            { "/./a", "/a" },
            { "/..", "/" },
            { "/.", "/" },
            { "/a/..", "/" },
            { "/a/.", "/a/" },
            { "/a/b/..?c", "/a/?c" },
            { "/a//../b", "/a/b" },
            { "/.././../a/./b/..", "/a/" },
            // Encoded dots, and encoded unreserved characters (RFC 3986 §6.2.2.2)
            { "/a/%2e%2e/b", "/b" },
            { "/a/%2E./b", "/b" },
            { "/a/.%2e/b", "/b" },
            { "/a/%2e/b", "/a/b" },
            { "/a/%2e%2e", "/" },
            { "/%61%62%2D%5f%7E%30", "/ab-_~0" },
            { "/%2eb", "/.b" },
            // Reserved ones stay as they are, also the case of their digits
            { "/a%2Fb%2fc", "/a%2Fb%2fc" },
            { "/%5c%25%3f%23", "/%5c%25%3f%23" },
            { "/%c0%af%01%7f", "/%c0%af%01%7f" },
            { "/a/..%2f../b", "/a/..%2f../b" },
            // Backslashes
            { "/a\\b", "/a/b" },
            { "/a/..\\c", "/c" },
            { "/a\\..\\c", "/c" },
            { "/\\..\\.\\c", "/c" },
            // Parameters of dot segments, which servlet containers drop before they resolve
            { "/a/..;/b", "/b" },
            { "/a/..;x=1;y/b", "/b" },
            { "/a/.;x/b", "/a/b" },
            { "/a/..;x", "/" },
            { "/a/%2e%2e;x/b", "/b" },
            { "/a/..;x\\b", "/b" },
            { "/a;x=..;/b", "/a;x=..;/b" },
            { "/a/...;x/b", "/a/...;x/b" },
            // Characters that are not for URIs
            { "/a\"<>^`{|}b", "/a%22%3C%3E%5E%60%7B%7C%7Db" },
            { "/a?\"<>^`{|}\\", "/a?\"<>^`{|}\\" },
            // Percent signs without two digits, which must not become escapes
            { "/100%", "/100%" },
            { "/%zz%1", "/%zz%1" },
            { "/%%32e", "/%252e" },
            { "/%%32%65", "/%252e" },
            { "/%2%65", "/%252e" },
            { "/%%32%65/x", "/%252e/x" },
            { "/%%2e%2e/x", "/%../x" },
            { "/%25%32e", "/%252e" },
            { "/%252e%252e/x", "/%252e%252e/x" },
        };

    /// <summary>Path, and what <c>merge_slashes</c> makes of it.</summary>
    public static TheoryData<string, string> Merged =>
        new()
        {
            { "/", "/" },
            { "//", "/" },
            { "///", "/" },
            { "/a//b/", "/a/b/" },
            { "//a/b", "/a/b" },
            { "/a////b", "/a/b" },
            { "/a/b//", "/a/b/" },
            { "/a//b?a=///c", "/a/b?a=///c" },
            { "/a//b?", "/a/b?" },
            { "//a/?b", "/a/?b" },
            { "/a/.//b", "/a/./b" },
            { "/a%2f/b", "/a%2f/b" },
        };

    /// <summary>Path, and what decoding its slashes alone makes of it.</summary>
    public static TheoryData<string, string> Unescaped =>
        new()
        {
            { "/a%2Fb%2fc/", "/a/b/c/" },
            { "/a%5Cb%5cc", "/a\\b\\c" },
            { "/%2f%2F", "///" },
            { "/a?b=%2f", "/a?b=%2f" },
            { "/%252f", "/%252f" },
            { "/%2", "/%2" },
            { "/%", "/%" },
            { "/%2b", "/%2b" },
        };

    [Theory, MemberData(nameof(Canonical))]
    public void Normalization_gives_one_spelling(string path, string expected) =>
        Assert.Equal((PathVerdict.Continue, expected), Apply(path, s_normalize));

    [Theory, MemberData(nameof(Merged))]
    public void Slashes_are_merged(string path, string expected) =>
        Assert.Equal((PathVerdict.Continue, expected), Apply(path, new PathOptions(MergeSlashes: true)));

    [Theory, MemberData(nameof(Unescaped))]
    public void Escaped_slashes_are_kept_decoded_or_refused(string path, string decoded)
    {
        var changes = path != decoded;
        Assert.Equal((PathVerdict.Continue, path), Apply(path, PathOptions.Default));
        Assert.Equal(
            (PathVerdict.Continue, decoded),
            Apply(path, new PathOptions(EscapedSlashes: EscapedSlashes.UnescapeAndForward))
        );
        Assert.Equal(
            (changes ? PathVerdict.Redirect : PathVerdict.Continue, decoded),
            Apply(path, new PathOptions(EscapedSlashes: EscapedSlashes.UnescapeAndRedirect))
        );
        Assert.Equal(
            (changes ? PathVerdict.Reject : PathVerdict.Continue, path),
            Apply(path, new PathOptions(EscapedSlashes: EscapedSlashes.RejectRequest))
        );
    }

    [Theory]
    [InlineData("/a%00b", true)]
    [InlineData("/.%00./a", true)]
    [InlineData("/a/..%00", true)]
    [InlineData("/a%00b", false, false)]
    [InlineData("/#", true)]
    [InlineData("/a#b", true)]
    [InlineData("/a#b", false)]
    [InlineData("/a/../b#c", true)]
    [InlineData("/a?b#c", true)]
    [InlineData("/a?b#c", false)]
    public void Nul_and_fragments_are_refused(string path, bool normalize, bool isRefused = true) =>
        Assert.Equal(
            isRefused ? PathVerdict.Reject : PathVerdict.Continue,
            Apply(path, new PathOptions(normalize)).Verdict
        );

    [Theory]
    [InlineData("/a%2f..%2fb", "/b")]
    [InlineData("/a%5c..%5Cb", "/b")]
    [InlineData("/a%2f%2fb//c", "/a/b/c")]
    [InlineData("/%2e%2e%2fa", "/a")]
    public void Slashes_are_decoded_before_dots_are_resolved(string path, string expected) =>
        Assert.Equal(
            (PathVerdict.Continue, expected),
            Apply(path, new PathOptions(true, true, EscapedSlashes.UnescapeAndForward))
        );

    [Fact]
    public void What_is_uniform_stays_so()
    {
        PathOptions[] all =
        [
            s_normalize,
            new(true, true),
            new(true, true, EscapedSlashes.UnescapeAndForward),
            new(true, false, EscapedSlashes.UnescapeAndForward),
        ];
        Gen.Select(Any(s_pieces).Array[0, 12], Any(all))
            .Sample(
                (pieces, options) =>
                {
                    var (verdict, path) = Apply("/" + string.Concat(pieces), options);
                    if (verdict == PathVerdict.Reject)
                        return;
                    // Decoding slashes is done once: what "%252f" stands for is left to the one who decodes next.
                    Assert.Equal(
                        (PathVerdict.Continue, path),
                        Apply(path, options with { EscapedSlashes = EscapedSlashes.KeepUnchanged })
                    );
                    var end = path.IndexOf('?', StringComparison.Ordinal);
                    var segments = (end < 0 ? path : path[..end]).Split('/');
                    Assert.DoesNotContain(segments, static segment => segment is "." or "..");
                },
                iter: 50_000
            );
    }

    [Fact]
    public void Long_paths_are_no_different()
    {
        var path = "/" + string.Concat(Enumerable.Repeat("a/../%41\"/./", 3000));
        var expected = "/" + string.Concat(Enumerable.Repeat("A%22/", 3000));
        Assert.Equal((PathVerdict.Continue, expected), Apply(path, s_normalize));
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var request = new RequestHead();
        var options = new PathOptions(true, true, EscapedSlashes.UnescapeAndForward);
        Once();
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                for (var i = 0; i < 1000; i++)
                    Once();
            })
        );

        void Once()
        {
            request.Clear();
            request.SetPath("/plain/path.html?x=y"u8);
            PathNormalizer.Apply(request, options);
            request.SetPath("/a/%2e%2e//b%2fc\\d|e?x=y"u8);
            PathNormalizer.Apply(request, options);
        }
    }

    private static (PathVerdict Verdict, string Path) Apply(string path, PathOptions options)
    {
        var request = new RequestHead();
        request.SetPath(Encoding.Latin1.GetBytes(path));
        var verdict = PathNormalizer.Apply(request, options);
        return (verdict, Encoding.Latin1.GetString(request.Path));
    }

    private static Gen<T> Any<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);
}
