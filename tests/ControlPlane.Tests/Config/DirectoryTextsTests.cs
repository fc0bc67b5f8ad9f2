// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Sources;

namespace ControlPlane.Tests.Config;

/// <summary>Files while they are written: what a reading finds between two steps of an editor.</summary>
public sealed class DirectoryTextsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lateen-texts");
    private readonly DirectoryTexts _texts;

    public DirectoryTextsTests()
    {
        Write("first");
        _texts = new DirectoryTexts([_directory.FullName]);
        Assert.Equal("first", Assert.Single(_texts.Take()).Content);
    }

    private string Name => Path.Combine(_directory.FullName, "routes.yaml");

    public void Dispose()
    {
        _texts.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void A_file_that_is_truncated_and_written_is_never_empty()
    {
        Write("");
        Assert.Empty(Look());
        Assert.Empty(Look());
        Write("second");
        Assert.Equal("second", Assert.Single(Look()).Content);
        Assert.Empty(Look());
    }

    [Fact]
    public void A_file_that_stays_empty_is_empty_in_the_end()
    {
        for (var time = 0; time < 2; time++)
        {
            Write("");
            var readings = 0;
            IReadOnlyList<TextChange> changes;
            while ((changes = Look()).Count == 0)
                Assert.InRange(++readings, 1, 20);
            Assert.Equal((20, ""), (readings, Assert.Single(changes).Content));
            Write("again");
            Assert.Equal("again", Assert.Single(Look()).Content);
        }
    }

    [Fact]
    public void A_file_that_is_emptied_and_removed_is_gone()
    {
        Write("");
        Assert.Empty(Look());
        File.Delete(Name);
        Assert.Null(Assert.Single(Look()).Read);
        Write("");
        Assert.Equal("", Assert.Single(Look()).Content);
    }

    private void Write(string text) => File.WriteAllText(Name, text);

    private IReadOnlyList<TextChange> Look()
    {
        _texts.LookEverywhere();
        return _texts.Take();
    }
}
