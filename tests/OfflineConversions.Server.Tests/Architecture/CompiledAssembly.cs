using Mono.Cecil;
using Mono.Cecil.Cil;

namespace OfflineConversions.Server.Tests.Architecture;

/// <summary>
/// A type that the project declares. Nested and generated types count as the type that contains them.
/// </summary>
/// <param name="Folder">Its namespace without the project's name, such as <c>Outbox.Sqlite</c>.</param>
/// <param name="Name">Its name.</param>
internal sealed record ProjectType(string Folder, string Name)
{
    public override string ToString() => Folder.Length == 0 ? Name : $"{Folder}.{Name}";
}

/// <summary>One type names another in its signatures, fields, attributes or method bodies.</summary>
/// <param name="From">The type that names the other.</param>
/// <param name="Namespace">The namespace of the type that is named.</param>
/// <param name="Name">The name of the type that is named.</param>
internal sealed record TypeUse(ProjectType From, string Namespace, string Name)
{
    public override string ToString() => $"{From} uses {Namespace}.{Name}";
}

/// <summary>
/// What the types of a project use, read from its compiled assembly. A constant is not a use: the compiler copies its
/// value.
/// </summary>
internal sealed class CompiledAssembly
{
    private readonly string _project;

    public CompiledAssembly(System.Reflection.Assembly assembly)
    {
        _project = assembly.GetName().Name!;
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        var declared = module.Types.Where(type => IsIn(type.Namespace, _project)).ToList();
        Types = [.. declared.Select(type => new ProjectType(FolderOf(type.Namespace)!, type.Name))];
        Uses =
        [
            .. declared
                .SelectMany(type =>
                    Named(type)
                        .SelectMany(Leaves)
                        .Select(Outermost)
                        .Where(used => used.FullName != type.FullName)
                        .Select(used => new TypeUse(
                            new ProjectType(FolderOf(type.Namespace)!, type.Name),
                            used.Namespace,
                            used.Name
                        ))
                )
                .Distinct(),
        ];
    }

    /// <summary>The types that the project declares outside other types.</summary>
    public IReadOnlyList<ProjectType> Types { get; }

    /// <summary>Every use, of the project's own types and of others.</summary>
    public IReadOnlyList<TypeUse> Uses { get; }

    /// <summary>The folder of a namespace of this project, or <see langword="null"/> for any other namespace.</summary>
    public string? FolderOf(string name) => IsIn(name, _project) ? name[_project.Length..].TrimStart('.') : null;

    /// <summary>Whether the namespace is the other or below it.</summary>
    public static bool IsIn(string name, string other) =>
        name == other || name.StartsWith(other + ".", StringComparison.Ordinal);

    private static IEnumerable<TypeReference?> Named(TypeDefinition type) =>
        [
            type.BaseType,
            .. type.Interfaces.Select(one => one.InterfaceType),
            .. type.GenericParameters.SelectMany(Constraints),
            .. type.CustomAttributes.Select(one => one.AttributeType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Methods.SelectMany(Named),
            .. type.NestedTypes.SelectMany(Named),
        ];

    private static IEnumerable<TypeReference?> Named(MethodDefinition method) =>
        [
            .. Signature(method),
            .. method.GenericParameters.SelectMany(Constraints),
            .. method.CustomAttributes.Select(one => one.AttributeType),
            .. method.HasBody ? Named(method.Body) : [],
        ];

    private static IEnumerable<TypeReference?> Named(MethodBody body) =>
        [
            .. body.Variables.Select(variable => variable.VariableType),
            .. body.ExceptionHandlers.Select(handler => handler.CatchType),
            .. body.Instructions.SelectMany(instruction =>
                instruction.Operand switch
                {
                    TypeReference type => [type],
                    FieldReference field => [field.DeclaringType, field.FieldType],
                    GenericInstanceMethod generic => [.. Signature(generic), .. generic.GenericArguments],
                    MethodReference method => Signature(method),
                    _ => Array.Empty<TypeReference?>(),
                }
            ),
        ];

    private static IEnumerable<TypeReference?> Signature(MethodReference method) =>
        [method.DeclaringType, method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];

    private static IEnumerable<TypeReference?> Constraints(GenericParameter parameter) =>
        parameter.Constraints.Select(constraint => constraint.ConstraintType);

    /// <summary>The types that a constructed type consists of: a list of chunks is a list and a chunk.</summary>
    private static IEnumerable<TypeReference> Leaves(TypeReference? type) =>
        type switch
        {
            null or GenericParameter => [],
            GenericInstanceType generic => generic.GenericArguments.SelectMany(Leaves).Append(generic.ElementType),
            TypeSpecification wrapped => Leaves(wrapped.ElementType),
            _ => [type],
        };

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }

        return type;
    }
}
