// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Local;
using Lateen.Config.Kinds.Networking;

namespace Lateen.Config.Validation;

/// <summary>What a schema cannot say: the rules between the fields of one resource, kind by kind.</summary>
internal static class KindValidators
{
    private delegate void Validator(object content, FieldPath at, ValidationScope scope);

    private static readonly Dictionary<Type, Validator> s_validators = new()
    {
        [typeof(VirtualService)] = For<VirtualService>(VirtualServiceValidator.Check),
        [typeof(DestinationRule)] = For<DestinationRule>(DestinationRuleValidator.Check),
        [typeof(ServiceEntry)] = For<ServiceEntry>(ServiceEntryValidator.Check),
        [typeof(WorkloadEntry)] = For<WorkloadEntry>(WorkloadEntryValidator.Check),
        [typeof(Workload)] = For<Workload>(WorkloadValidator.Check),
    };

    public static void Check(object content, FieldPath at, ValidationScope scope)
    {
        if (s_validators.TryGetValue(content.GetType(), out var validator))
            validator(content, at, scope);
    }

    private static Validator For<T>(Action<T, FieldPath, ValidationScope> check) =>
        (content, at, scope) => check((T)content, at, scope);
}
