// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Schemas;

/// <summary><c>docs/reference/kinds</c> is what the records say; <c>LATEEN_UPDATE_GOLDEN=1</c> writes it anew.</summary>
public class KindPageTests
{
    private static readonly (string Title, string File, ObjectSchema Schema)[] s_documents =
    [
        ("MeshConfig", "meshconfig.md", SchemaBuilder.Of(typeof(MeshConfiguration))),
        ("MeshNetworks", "meshnetworks.md", SchemaBuilder.Of(typeof(MeshNetworks))),
    ];

    [Fact]
    public void The_pages_are_current()
    {
        var pages = Pages();
        var folder = Folder();
        if (Environment.GetEnvironmentVariable("LATEEN_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(folder);
            foreach (var old in Directory.EnumerateFiles(folder))
                File.Delete(old);
            foreach (var (file, text) in pages)
                File.WriteAllText(Path.Combine(folder, file), text);
        }
        Assert.Equal(pages.Keys.Order(), Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
        Assert.All(
            pages,
            page => Assert.True(File.ReadAllText(Path.Combine(folder, page.Key)) == page.Value, $"{page.Key} is old")
        );
    }

    private static Dictionary<string, string> Pages()
    {
        var pages = KindCatalogue.All.ToDictionary(KindPage.FileOf, KindPage.Of);
        foreach (var (title, file, schema) in s_documents)
            pages[file] = KindPage.Of(schema, title);
        pages["README.md"] = KindPage.Index(KindCatalogue.All, s_documents);
        return pages;
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "reference", "kinds")
        );
}
