// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Versioning;
using Lateen.Config;
using Lateen.Config.Sources;
using Lateen.Stores.Sqlite;

namespace ControlPlane.Tests.Stores;

/// <summary>Good texts on disk: what can be trusted is there again, what cannot is told and never fatal.</summary>
public sealed class SqliteGoodTextsTests : IDisposable
{
    private static readonly DateTimeOffset s_time = new(2026, 11, 24, 0, 11, 29, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("lateen-good").FullName;
    private readonly List<string> _damages = [];

    private string FilePath => Path.Combine(_directory, "last-good.db");

    [Fact]
    public void Versions_are_there_again_the_oldest_first()
    {
        GoodText[] versions =
        [
            new("one", s_time, [new ConfigKey("g", "Kind", "ns", "x"), new ConfigKey("", "Node", "", "y")]),
            new("two\nlines, ü", s_time.AddHours(1)),
        ];
        using (var texts = Open())
            texts.Replace([new("/a.yaml", versions), new("/b.yaml", [new GoodText("three", s_time)])]);
        using var again = Open();
        var found = again.Find("/a.yaml");
        Assert.Equal(
            versions.Select(static one => (one.Content, one.At)),
            found.Select(static one => (one.Content, one.At))
        );
        Assert.Equal(versions[0].Keys, found[0].Keys);
        Assert.Null(found[1].Keys);
        Assert.Equal(
            new Dictionary<string, string> { ["/a.yaml"] = "", ["/b.yaml"] = GoodText.DigestOf("three") },
            again.Digests()
        );
        Assert.Empty(again.Find("/c.yaml"));
        again.Replace([new("/a.yaml", []), new("/b.yaml", [new GoodText("four", s_time)])]);
        Assert.Empty(again.Find("/a.yaml"));
        Assert.Equal("four", Assert.Single(again.Find("/b.yaml")).Content);
        Assert.Empty(_damages);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Nobody_else_may_read_the_file()
    {
        using var texts = Open();
        texts.Replace([new("/a.yaml", [new GoodText("secret", s_time)])]);
        foreach (var file in Directory.GetFiles(_directory))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_changed_byte_costs_the_text_that_has_it_alone()
    {
        using (var texts = Open())
            texts.Replace([
                new("/a.yaml", [new GoodText("port: 8080", s_time)]),
                new("/b.yaml", [new GoodText("other", s_time)]),
            ]);
        var bytes = File.ReadAllBytes(FilePath);
        bytes[bytes.AsSpan().IndexOf("port: 8080"u8)] ^= 1;
        File.WriteAllBytes(FilePath, bytes);
        using var again = Open();
        Assert.Empty(again.Find("/a.yaml"));
        Assert.Contains("/a.yaml", Assert.Single(_damages), StringComparison.Ordinal);
        Assert.Equal("other", Assert.Single(again.Find("/b.yaml")).Content);
        // It is not taken for what is kept already.
        Assert.Equal(["/b.yaml"], again.Digests().Keys);
    }

    [Theory]
    [InlineData("this is no database, and never was one")]
    [InlineData("")]
    public void A_file_that_is_no_database_is_put_aside_and_begun_anew(string content)
    {
        File.WriteAllText(FilePath, content);
        using var texts = Open();
        Assert.Empty(texts.Digests());
        texts.Replace([new("/a.yaml", [new GoodText("good", s_time)])]);
        Assert.Equal("good", Assert.Single(texts.Find("/a.yaml")).Content);
        if (content.Length == 0)
            Assert.Empty(_damages);
        else
            Assert.Equal(content, File.ReadAllText(FilePath + ".damaged"));
    }

    [Fact]
    public void Pages_that_were_overwritten_are_found_out_and_the_file_put_aside()
    {
        using (var texts = Open())
            texts.Replace([
                .. Enumerable
                    .Range(0, 200)
                    .Select(static i =>
                        KeyValuePair.Create<string, IReadOnlyList<GoodText>>(
                            $"/{i}.yaml",
                            [new GoodText(new string('x', 500), s_time)]
                        )
                    ),
            ]);
        var bytes = File.ReadAllBytes(FilePath);
        // All but the first page, which says that it is a database.
        bytes.AsSpan(4096).Fill(0xAA);
        File.WriteAllBytes(FilePath, bytes);
        using var again = Open();
        Assert.Empty(again.Find("/7.yaml"));
        Assert.Contains(".damaged", Assert.Single(_damages), StringComparison.Ordinal);
        Assert.Empty(again.Digests());
        again.Replace([new("/7.yaml", [new GoodText("good", s_time)])]);
        Assert.Single(again.Find("/7.yaml"));
    }

    [Fact]
    public void A_file_that_another_process_has_open_is_not_waited_for()
    {
        using var first = Open();
        first.Replace([new("/a.yaml", [new GoodText("good", s_time)])]);
        using var second = Open();
        Assert.Contains(
            "another process has",
            Assert.Throws<IOException>(() => second.Find("/a.yaml")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_directory_that_is_not_there_is_said()
    {
        using var texts = new SqliteGoodTexts(Path.Combine(_directory, "no", "such"));
        Assert.Throws<DirectoryNotFoundException>(() => texts.Find("/a.yaml"));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private SqliteGoodTexts Open()
    {
        var texts = new SqliteGoodTexts(FilePath);
        texts.Damaged += _damages.Add;
        return texts;
    }
}
