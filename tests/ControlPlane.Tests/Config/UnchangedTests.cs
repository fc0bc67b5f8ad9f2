// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Sources;

namespace ControlPlane.Tests.Config;

/// <summary>What an edit does not touch stays the same object: the mesh finds what it made of it again by reference.</summary>
public class UnchangedTests
{
    private const string First =
        "{apiVersion: v1, kind: Service, metadata: {name: first}, spec: {ports: [{port: 1}]}}\n";
    private const string Second =
        "{apiVersion: v1, kind: Service, metadata: {name: second}, spec: {ports: [{port: 2}]}}\n";

    private readonly ConfigAssembler _assembler = new();

    [Theory]
    [InlineData(First + "---\n" + Second, true)]
    [InlineData(
        First + "---\n{apiVersion: v1, kind: Service, metadata: {name: second}, spec: {ports: [{port: 3}]}}\n",
        true
    )]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: first}, spec: {ports: [{port: 7}]}}\n", false)]
    [InlineData("{apiVersion: v1, kind: Service, metadata: {name: first}, spec: {ports: [{port: '1'}]}}\n", true)] // refused
    [InlineData("\n" + First, false)] // its place is part of it: messages name the line
    public void A_resource_is_the_same_object_while_it_says_the_same_in_the_same_place(string text, bool isSame)
    {
        var before = Assemble(First + "---\n" + Second);
        Assert.Equal(isSame, ReferenceEquals(before, Assemble(text)));
    }

    private ConfigResource Assemble(string text) =>
        _assembler
            .Assemble(new Dictionary<string, string> { ["a.yaml"] = text })
            .Resources.Single(static resource => resource.Name == "first");
}
