// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Yaml;
using Lateen.Core;

namespace Lateen.Config.Validation;

/// <summary>Takes what a check finds, and finds out where it stands.</summary>
internal sealed class ValidationScope(DecodeScope scope, YamlNode document)
{
    public void Missing(FieldPath at) => scope.Add(ProblemCatalogue.Missing(Place(at), scope.Subject, at.ToString()));

    public void Bad(FieldPath at, string what, string fix) =>
        scope.Add(ProblemCatalogue.BadValue(Place(at), scope.Subject, at.ToString(), what, fix));

    public void OutOfRange(FieldPath at, string what, string fix) =>
        scope.Add(ProblemCatalogue.OutOfRange(Place(at), scope.Subject, at.ToString(), what, fix));

    public void Exclusive(FieldPath at, string what, string fix) =>
        scope.Add(ProblemCatalogue.Exclusive(Place(at), scope.Subject, at.ToString(), what, fix));

    private SourceLocation Place(FieldPath at) => at.PlaceIn(document);
}
