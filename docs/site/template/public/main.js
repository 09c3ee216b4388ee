export default {
  iconLinks: [],
}
